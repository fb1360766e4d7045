package facts

import "testing"

func TestClowder(t *testing.T) {
	read, err := Read(t.Context(), memTree(map[string]string{"deploy/clowdapp.yaml": `apiVersion: v1
kind: Template
parameters: [{name: REPLICAS, value: "2"}, {name: TAG}]
objects:
  - apiVersion: cloud.redhat.com/v1alpha1
    kind: ClowdApp
    metadata: {name: shop}
    spec:
      deployments:
        - name: api
          replicas: ${{REPLICAS}}
          webServices: {public: {enabled: true}}
          podSpec: {image: "shop:${TAG}", readinessProbe: {httpGet: {path: /up, port: 8000}}, resources: {limits: {memory: 1Gi}}}
      jobs:
        - {name: clean, schedule: "0 1 * * *", podSpec: {image: "clean:1"}}
        - {name: once, podSpec: {image: "once:1"}}
`}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	made := joinClowder(read.All)
	for i := range made {
		made[i].Value = without(made[i].Value, "_pod")
	}
	const unknown = "?(what the environment sets)"
	checkFacts(t, made, "deployment.apps 10-13 {apiVersion:apps/v1 kind:Deployment metadata:{name:shop-api} spec:{replicas:#2 strategy:{type:RollingUpdate} template:{spec:{containers:[{name:shop-api image:?(shop:{{ TAG }}) resources:{limits:{memory:1Gi}} securityContext:"+unknown+" ports:[{containerPort:#8000}] livenessProbe:"+unknown+" readinessProbe:{httpGet:{path:/up port:#8000}}}] securityContext:"+unknown+" serviceAccountName:"+unknown+"}}}}\n"+
		"cronjob.batch 15-15 {apiVersion:batch/v1 kind:CronJob metadata:{name:shop-clean} spec:{schedule:0 1 * * * jobTemplate:{spec:{template:{spec:{containers:[{name:shop-clean image:clean:1 resources:"+unknown+" securityContext:"+unknown+"}] securityContext:"+unknown+" serviceAccountName:"+unknown+"}}}}}}")
}
