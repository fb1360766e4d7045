package check

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/types"
)

// compose loads the Compose file as `docker compose config` does.
func compose(t *testing.T, env map[string]string) (*types.Project, error) {
	t.Helper()
	var list []string
	for name, value := range env {
		list = append(list, name+"="+value)
	}
	o, err := cli.NewProjectOptions([]string{"../../../docker-compose.yml"}, cli.WithEnv(list), cli.WithResolvedPaths(true))
	if err != nil {
		t.Fatal(err)
	}
	return o.LoadProject(context.Background())
}

func TestCompose(t *testing.T) {
	f, err := os.Open("../compose/env.example")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	env, err := dotenv.Parse(f)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := compose(t, env); err == nil || !strings.Contains(err.Error(), "set it in .env") {
		t.Errorf("without secrets: %v", err)
	}
	for name, value := range env {
		if value == "" {
			env[name] = strings.Repeat("0", 64)
		}
	}
	p, err := compose(t, env)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"readyline", "postgres", "backup"} {
		if _, err := p.GetService(name); err != nil {
			t.Error(err)
		}
	}
	for _, s := range p.Services {
		for _, v := range s.Volumes {
			if _, err := os.Stat(v.Source); v.Type == types.VolumeTypeBind && err != nil {
				t.Errorf("%s mounts what is not there: %v", s.Name, err)
			}
		}
	}
}
