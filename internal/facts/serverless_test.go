package facts

import "testing"

func TestReadServerless(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"whole", `service: orders
plugins: [serverless-esbuild]
custom: {stage: "${opt:stage, 'dev'}", mem: {dev: 128}}
provider: {name: aws, stage: "${self:custom.stage}", memorySize: "${self:custom.mem.${self:provider.stage}}", region: "${opt:region}"}
functions:
  get:
    handler: a.b
    name: "${self:service}-get"
    events: [{httpApi: {path: /x}}]
    secret: "${ssm:/a/b, 'x'}"
resources:
  Resources:
    T: {Type: 'AWS::DynamoDB::Table', Properties: {Name: !Sub 'x-${AWS::Region}'}}
`, `service 1-13 {service:orders plugins:[serverless-esbuild] custom:{stage:dev mem:{dev:#128}} _name:orders}
plugin 2-2 {name:serverless-esbuild}
provider 4-4 {name:aws stage:dev memorySize:#128 region:?(${opt:region})}
function 6-10 {handler:a.b name:orders-get events:[{httpApi:{path:/x}}] secret:?(${ssm:/a/b, 'x'}) _name:get}
aws::dynamodb::table 13-13 {Name:x-${AWS::Region} _name:T}`},
		{"loop", "provider: aws\ncustom: {a: '${self:custom.b}', b: '${self:custom.a}'}\n",
			"service 1-2 {custom:{a:?(${self:custom.b}) b:?(${self:custom.a})}}\nprovider 1-1 {name:aws}"},
		{"something else", "a: 1\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			docs, _ := yamlDocuments("serverless.yml", []byte(c.text))
			checkFacts(t, readServerless("serverless.yml", docs), c.want)
		})
	}
}

func FuzzServerless(f *testing.F) {
	f.Add([]byte("provider: {x: '${self:provider}', y: '${self:custom.${opt:a, ''b''}, 3}'}\nfunctions: [{a: {b: '${'}}]\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		read := func() []Fact {
			docs, _ := yamlDocuments("serverless.yml", text)
			return readServerless("serverless.yml", docs)
		}
		facts := read()
		if renderFacts(facts) != renderFacts(read()) {
			t.Error("not the same twice")
		}
		checkFactLines(t, facts, nil, text)
	})
}
