package facts

import "testing"

func TestReadCloudFormation(t *testing.T) {
	const head = "Parameters:\n  Env: {Type: String, Default: dev, AllowedValues: [dev, prod]}\n  Size: {Type: Number, Default: 3}\n  Key: {Type: String}\n  Zones: {Type: CommaDelimitedList, Default: 'a, b'}\n" +
		"Mappings:\n  M: {prod: {n: 7, s: x}, dev: {n: 1, s: x}}\n" +
		"Conditions:\n  Prod: !Equals [!Ref Env, prod]\n  Dev: !Not [{Condition: Prod}]\n  Keyed: !Not [!Equals [!Ref Key, '']]\n  Both: !And [!Condition Prod, !Condition Keyed]\n  Loop: {Condition: Loop}\n" +
		"Resources:\n"
	for _, c := range []struct{ name, path, text, want string }{
		{"functions", "t.yaml", head + `  A:
    Type: AWS::X::Y
    DeletionPolicy: Retain
    Properties:
      Ref: !Ref Size
      Other: !Ref B
      Att: !GetAtt B.Arn
      Key: !Ref Key
      Sub: !Sub "${Env}-${AWS::Region}-${!x}-${B}"
      SubUnknown: !Sub "a-${Key}"
      SubMap: !Sub ["${x}", {x: !Ref Env}]
      Map: !FindInMap [M, !Ref Env, n]
      MapCommon: !FindInMap [M, !Ref "AWS::Region", s]
      If: !If [Prod, 1, 2]
      IfUnknown: !If [Keyed, 1, 2]
      IfSame: !If [Keyed, 1, 1]
      Gone: !If [Dev, 1, !Ref "AWS::NoValue"]
      Join: !Join ["-", [a, !Ref Env]]
      Select: !Select [1, !Ref Zones]
      Zones: !GetAZs ""
      Long: {"Fn::Join": ["", [!Ref Size]]}
  B: {Type: AWS::X::B}
`, `aws::x::y 15-35 {Ref:#3 Other:!Ref B Att:!GetAtt B.Arn Key:?(!Ref Key) Sub:prod-${AWS::Region}-${!x}-${B} SubUnknown:?(a-${Key}) SubMap:prod Map:#7 MapCommon:x If:#1 IfUnknown:?(!If Keyed 1 2) IfSame:#1 Join:a-prod Select:b Zones:[!GetAZs 0 !GetAZs 1] Long:3 _name:A _deletion_policy:Retain}
aws::x::b 36-36 {_name:B}`},
		{"what other stacks export", "t.yaml", head + "  A:\n    Type: AWS::X::Y\n    Properties:\n      One: !ImportValue net-a\n      Two: {\"Fn::ImportValue\": !Sub \"${Env}:b\"}\n      Three: {\"Fn::ImportValue\": !Sub \"${Key}:c\"}\n",
			"aws::x::y 15-20 {One:!ImportValue net-a Two:!ImportValue prod:b Three:!ImportValue ${Key}:c _name:A}"},
		{"conditions", "t.yaml", head + "  A: {Type: AWS::X::Y, Condition: Dev}\n  B: {Type: AWS::X::Y, Condition: Both}\n  C: {Type: AWS::X::Y, Condition: Loop}\n  D: {Type: AWS::X::Y, Condition: Prod}\n",
			`aws::x::y 16-16 {_name:B} (depends on a condition whose parameters have no default: Both)
aws::x::y 17-17 {_name:C} (depends on a condition whose parameters have no default: Loop)
aws::x::y 18-18 {_name:D}`},
		{"the environment by what the template calls production", "t.yaml", "Parameters:\n  Environment: {Type: String}\n  Tier: {Type: String, Default: dev}\n  Size: {Type: String}\n" +
			"Mappings:\n  M: {dev: {n: 1}, live: {n: 7}}\nConditions:\n  Live: !Equals [production, !Ref Environment]\n  Spare: !Equals [!Ref Environment, staging]\n  Big: !Equals [!Ref Size, dev]\n" +
			"Resources:\n  A: {Type: AWS::X::Y, Properties: {N: !FindInMap [M, !Ref Tier, n], E: !Ref Environment, T: !Ref Tier, L: !If [Live, 1, 2], B: !If [Big, 1, 2]}}\n  B: {Type: AWS::X::Y, Condition: Spare}\n",
			`aws::x::y 12-12 {N:#7 E:production T:live L:#1 B:?(!If Big 1 2) _name:A}
parameter 2-2 {Type:String _name:Environment}
parameter 3-3 {Type:String Default:dev _name:Tier}
parameter 4-4 {Type:String _name:Size}`},
		{"an environment that is compared with others alone", "t.yaml", "Parameters:\n  Env: {Type: String}\n  Kind: {Type: String, AllowedValues: [dev, test]}\nConditions:\n  Dev: !Equals [!Ref Env, dev]\n  Rest: !Not [!Equals [!Ref Env, dev]]\n  Test: !Equals [!Ref Kind, test]\n" +
			"Resources:\n  A: {Type: AWS::X::Y, Condition: Dev}\n  B: {Type: AWS::X::Y, Condition: Rest}\n  C: {Type: AWS::X::Y, Condition: Test}\n",
			`aws::x::y 10-10 {_name:B}
aws::x::y 11-11 {_name:C} (depends on a condition whose parameters have no default: Test)
parameter 2-2 {Type:String _name:Env}
parameter 3-3 {Type:String AllowedValues:[dev test] _name:Kind}`},
		{"two names for production", "t.yaml", "Parameters:\n  Env: {Type: String, Default: prod}\nConditions:\n  A: !Equals [!Ref Env, prod]\n  B: !Equals [!Ref Env, live]\nResources:\n  A: {Type: AWS::X::Y, Condition: A}\n  B: {Type: AWS::X::Y, Condition: B}\n",
			"aws::x::y 7-7 {_name:A}\nparameter 2-2 {Type:String Default:prod _name:Env}"},
		{"JSON", "prod/t.json", `{"AWSTemplateFormatVersion": "2010-09-09",
"Parameters": {"S": {"Type": "String", "Default": "true"}},
"Resources": {
 "A": {"Type": "AWS::RDS::DBInstance", "Properties": {"StorageEncrypted": {"Ref": "S"}}}}}`,
			"aws::rds::dbinstance 4-4 {StorageEncrypted:true _name:A _env:production}\nparameter 2-2 {Type:String Default:true _name:S}"},
		{"SAM globals", "t.yaml", "Transform: AWS::Serverless-2016-10-31\nGlobals:\n  Function: {Timeout: 3, Layers: [a], Environment: {Variables: {X: 1}}}\nResources:\n  F: {Type: 'AWS::Serverless::Function', Properties: {Timeout: 5, Layers: [b], Environment: {Variables: {Y: 2}}}}\n  G: {Type: 'AWS::Serverless::Function'}\n",
			`aws::serverless::function 5-5 {Timeout:#5 Layers:[a b] Environment:{Variables:{X:#1 Y:#2}} _name:F}
aws::serverless::function 6-6 {Timeout:#3 Layers:[a] Environment:{Variables:{X:#1}} _name:G}`},
		{"SSM parameter", "t.yaml", "Parameters: {P: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /a/b}}\nResources: {A: {Type: AWS::X::Y, Properties: {P: !Ref P}}}\n",
			"aws::x::y 2-2 {P:?({{resolve:ssm:/a/b}}) _name:A}\nparameter 1-1 {Type:AWS::SSM::Parameter::Value<String> Default:/a/b _name:P}"},
		{"something else", "t.yaml", "Resources: {A: {Type: Other}}\n", ""},
		{"no resources", "t.yaml", "AWSTemplateFormatVersion: 2010-09-09\nResources:\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			docs, warnings := yamlDocuments(c.path, []byte(c.text))
			var got []Fact
			for _, f := range readCloudFormation(c.path, docs) {
				if f.Name != "parameter" || len(c.want) > 0 && c.name != "functions" && c.name != "conditions" && c.name != "what other stacks export" {
					got = append(got, f)
				}
			}
			checkFacts(t, got, c.want)
			if len(warnings) > 0 {
				t.Errorf("warnings: %v", warnings)
			}
		})
	}
}

func FuzzCloudFormation(f *testing.F) {
	for _, s := range []string{
		"Parameters: {A: {Default: x}}\nResources:\n  R: {Type: 'AWS::X::Y', Properties: {A: !Sub '${A}${R.B}', B: !If [C, 1, !Select [0, !Split [',', !Ref A]]]}}\n",
		"Conditions: {A: {Condition: B}, B: !Or [!Condition A]}\nResources: {R: {Type: 'AWS::X::Y', Condition: A}}\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		read := func() []Fact {
			docs, _ := yamlDocuments("t.yaml", text)
			return readCloudFormation("t.yaml", docs)
		}
		facts := read()
		if renderFacts(facts) != renderFacts(read()) {
			t.Error("not the same twice")
		}
		checkFactLines(t, facts, nil, text)
	})
}
