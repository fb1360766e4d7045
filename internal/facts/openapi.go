package facts

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// What a description by OpenAPI says to Amazon's API Gateway is a method of the
// API that it is imported as: its file's own, or the body of one in a template.

const gatewayMethod = "aws::apigateway::method"

// readOpenAPI reads the operations that are integrated.
func readOpenAPI(file string, docs []*yaml.Node) []Fact {
	var out []Fact
	for _, doc := range docs {
		if doc.Kind == yaml.DocumentNode && len(doc.Content) > 0 {
			doc = doc.Content[0]
		}
		v := (&nodeReader{}).value(doc)
		out = append(out, describedMethods(file, v)...)
		for _, r := range few(v.Get("Resources").Fields) {
			properties := r.Value.Get("Properties")
			out = append(out, describedMethods(file, properties.Get("Body"))...)
			out = append(out, describedMethods(file, properties.Get("DefinitionBody"))...)
		}
	}
	return out
}

func describedMethods(file string, api Value) []Fact {
	var out []Fact
	for _, p := range few(api.Get("paths").Fields) {
		for _, op := range few(p.Value.Fields) {
			method := strings.ToUpper(op.Key)
			switch op.Key {
			case "get", "put", "post", "delete", "options", "head", "patch":
			case "x-amazon-apigateway-any-method":
				method = "ANY"
			default:
				continue
			}
			integration := op.Value.Get("x-amazon-apigateway-integration")
			if integration.Kind == Absent {
				continue
			}
			v := mapAt(op.Value, "_name", Str(method+" "+p.Key), "HttpMethod", at(Str(method), op.Value.Start), "Integration", capitalised(integration))
			v = methodGuard(v, op.Value, api)
			out = append(out, Fact{Kind: CloudFormation, Name: gatewayMethod, Path: file, Start: op.Value.Start, End: op.Value.End, Value: v, Made: true})
		}
	}
	return out
}

// methodGuard adds what an operation asks of whoever calls it. What it refers to
// and nothing describes is unknown.
func methodGuard(v, op, api Value) Value {
	if own := op.Get("x-amazon-apigateway-auth").Get("type"); own.Kind != Absent {
		own.Text = strings.ToUpper(own.Text)
		return v.With("AuthorizationType", own)
	}
	asked := firstOf(op.Get("security"), api.Get("security"))
	kind := at(Str("NONE"), max(asked.Start, op.Start))
	for _, one := range few(asked.Items) {
		for _, scheme := range few(one.Fields) {
			said := firstOf(api.Get("components").Get("securitySchemes").Get(scheme.Key), api.Get("securityDefinitions").Get(scheme.Key))
			switch of := said.Get("x-amazon-apigateway-authtype").Text; {
			case said.Kind == Absent:
				kind.Kind = Unknown
			case strings.EqualFold(of, "awsSigv4"):
				kind.Text = "AWS_IAM"
			case strings.EqualFold(of, "cognito_user_pools"):
				kind.Text = "COGNITO_USER_POOLS"
			case said.Get("x-amazon-apigateway-authorizer").Kind != Absent || of != "":
				kind.Text = "CUSTOM"
			case said.Get("type").Text == "apiKey":
				v = v.With("ApiKeyRequired", at(Boolean(true), asked.Start))
			}
		}
	}
	return v.With("AuthorizationType", kind)
}
