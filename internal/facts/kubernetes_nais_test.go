package facts

import "testing"

func TestNais(t *testing.T) {
	const head = "apiVersion: nais.io/v1alpha1\nkind: Application\nmetadata: {name: shop}\nspec:\n  image: {{image}}\n"
	for _, c := range []struct{ name, path, text, want string }{
		{"an application", ".nais/app-prod.yaml", head + "  port: 80\n  liveness: {path: /up, initialDelay: 3}\n  replicas: {min: 2, max: 4}\n  ingresses: ['https://shop.acme.no/a']\n  envFrom: [{secret: a}]\n",
			"deployment.apps 4-10 {apiVersion:apps/v1 kind:Deployment metadata:{name:shop} spec:{replicas:#2 template:{spec:{containers:[{name:shop image:?({{ image }}) resources:?(what the platform sets) securityContext:?(what the platform sets) envFrom:[{secretRef:{name:a}}] livenessProbe:{httpGet:{path:/up} initialDelaySeconds:#3} ports:[{containerPort:#80}]}] securityContext:?(what the platform sets) serviceAccountName:shop}}} _env:production}\n" +
				"horizontalpodautoscaler.autoscaling 8-8 {apiVersion:autoscaling/v2 kind:HorizontalPodAutoscaler metadata:{name:shop} spec:{minReplicas:#2 maxReplicas:#4 scaleTargetRef:{kind:Deployment name:shop}} _env:production}\n" +
				"ingress.networking.k8s.io 9-9 {apiVersion:networking.k8s.io/v1 kind:Ingress metadata:{name:shop} spec:{rules:[{host:shop.acme.no}]} _env:production}"},
		{"without bounds", ".nais/dev.yaml", head, "deployment.apps development"},
		{"not scaled", ".nais/app.yaml", head + "  replicas: {min: 2, max: 2}\n", "deployment.apps "},
		{"a job", ".nais/job.yaml", "apiVersion: nais.io/v1\nkind: Naisjob\nmetadata: {name: a}\nspec: {schedule: '0 1 * * *', image: a}\n", "cronjob.batch "},
		{"another's", "argo/app.yaml", "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec: {}\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			read, err := Read(t.Context(), memTree(map[string]string{c.path: c.text}), Options{})
			if err != nil {
				t.Fatal(err)
			}
			made := joinNais(read.All)
			if c.name == "an application" {
				for i := range made {
					made[i].Value = without(made[i].Value, "_pod")
				}
				checkFacts(t, made, c.want)
				return
			}
			got := ""
			for _, f := range made {
				got += f.Name + " " + f.Value.Get("_env").Text
			}
			if got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// without is a map without one of its members.
func without(v Value, key string) Value {
	var fields []Field
	for _, f := range v.Fields {
		if f.Key != key {
			fields = append(fields, f)
		}
	}
	v.Fields = fields
	return v
}
