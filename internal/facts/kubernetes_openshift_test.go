package facts

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A template of OpenShift gives its objects, its parameters filled in: those
// without a value are not known, those that it does not have are none of its own.
func TestOpenshiftTemplate(t *testing.T) {
	all, err := Read(t.Context(), memTree(map[string]string{"openshift/dc.yaml": `apiVersion: template.openshift.io/v1
kind: Template
parameters:
  - {name: REPLICAS, value: "2"}
  - {name: IMAGE}
  - {name: TAG, required: true, value: ""}
  - {name: NAME, value: shop}
  - {name: PART, value: -api}
  - {name: JOB_REPLICAS, value: "1"}
objects:
  - apiVersion: apps.openshift.io/v1
    kind: DeploymentConfig
    metadata: {name: "${NAME}${PART}", namespace: "${NAME}-${TAG}"}
    spec:
      replicas: ${{REPLICAS}}
      template: {spec: {containers: [{name: "${NAME}", image: "${IMAGE}", command: ["${HOME}/run ${NAME}"]}]}}
  - {apiVersion: apps/v1, kind: Deployment, spec: {replicas: "${{JOB_REPLICAS}}"}}
  - apiVersion: v1
    kind: Route
    metadata:
      name: ${NAME}
      namespace: ***-prod
`}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, f := range all.All {
		lines = append(lines, hclFactLine(f))
	}
	pod := "containers:[{name:shop image:?${IMAGE} command:[${HOME}/run shop]}]"
	want := []string{
		"deployment.apps openshift/dc.yaml:11-16 {apiVersion:apps.openshift.io/v1 kind:DeploymentConfig metadata:{name:shop-api namespace:?shop-{{ TAG }}} spec:{replicas:2 template:{spec:{" + pod + "}}} _pod:{" + pod + "} _copies:2}",
		"deployment.apps openshift/dc.yaml:17-17 {apiVersion:apps/v1 kind:Deployment spec:{replicas:?${{JOB_REPLICAS}}} _copies:?${{JOB_REPLICAS}}}",
		"route.route.openshift.io openshift/dc.yaml:18-22 {apiVersion:v1 kind:Route metadata:{name:shop namespace:***-prod}}",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("facts (-want +got):\n%s", diff)
	}
}

// A DeploymentConfig runs the image that its trigger puts in, whatever stands
// there, and says in other words how pods are replaced.
func TestOpenshiftConfig(t *testing.T) {
	docs, _ := yamlDocuments("dc.yaml", []byte(`kind: DeploymentConfig
apiVersion: v1
spec:
  strategy: {type: Rolling, rollingParams: {maxUnavailable: 25%}}
  triggers:
    - type: ConfigChange
    - type: ImageChange
      imageChangeParams:
        containerNames: [web]
        from: {kind: ImageStreamTag, name: "web:1.2", namespace: tools}
  template:
    spec:
      containers:
        - {name: web, image: " "}
        - {name: proxy, image: nginx}
`))
	all := readKubernetes("dc.yaml", docs)
	containers := all[0].Value.Get("_pod").Get("containers").Items
	if a, b := containers[0].Get("image").Text, containers[1].Get("image").Text; a != "tools/web:1.2" || b != "nginx" {
		t.Errorf("images %q, %q", a, b)
	}
	strategy := all[0].Value.Get("spec").Get("strategy")
	if a, b := strategy.Get("type").Text, strategy.Get("rollingUpdate").Get("maxUnavailable").Text; a != "RollingUpdate" || b != "25%" {
		t.Errorf("strategy %q, %q", a, b)
	}
}
