package facts

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

func TestObjectsThatProgramsHandClusters(t *testing.T) {
	files := archive(`
-- cdk.json --
{}
-- lib/shop.ts --
import { Construct } from 'constructs';
import * as eks from 'aws-cdk-lib/aws-eks';
export class Shop extends Construct {
  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id);
    const label = { app: 'shop' };
    const deployment = {
      apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'shop' },
      spec: { replicas: 3, template: { metadata: { labels: label }, spec: { containers: [{ name: 'shop', image: 'acme/shop:1' }] } } },
    };
    props.cluster.addManifest('shop', deployment, { apiVersion: 'v1', kind: 'Service', metadata: { name: 'shop' } });
    if (props.metrics) {
      props.cluster.addManifest('metrics', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'metrics' } });
    }
    new eks.KubernetesManifest(this, 'Settings', { cluster: props.cluster, manifest: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' } }] });
    props.cluster.addManifest('unknown', props.manifest);
  }
}
`)
	got, err := Read(context.Background(), memTree(files), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, f := range got.All {
		if f.Kind == Kubernetes {
			lines = append(lines, fmt.Sprintf("%d %s %s replicas=%s %q", f.Start, f.Name, f.Value.Get("metadata").Get("name").Text, f.Value.Get("spec").Get("replicas").Text, f.Hint))
		}
	}
	want := `
7 deployment.apps shop replicas=3 ""
11 service. shop replicas= ""
13 namespace. metrics replicas= "is made only under a condition in the program"
15 configmap. settings replicas= ""`
	if all := "\n" + strings.Join(lines, "\n"); all != want {
		t.Errorf("got%s\nwant%s", all, want)
	}
}
