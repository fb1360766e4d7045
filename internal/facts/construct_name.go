package facts

import "strings"

// libraryRoot stands for the package that holds all of CDK's modules.
const libraryRoot = "aws-cdk-lib"

// candidates are the full names that a dotted name may have as an object that
// is made here; none when it is nothing of the kind. Where a language needs no
// prefix there is one for each library in sight: only one of them exists.
func (p *program) candidates(segs []string, isNew bool, open int) []string {
	last := segs[len(segs)-1]
	if p.lang == golang {
		return p.goCandidates(segs, open)
	}
	if p.lang == java && len(segs) > 2 && strings.HasSuffix(strings.Join(segs, "."), ".Builder.create") {
		segs, isNew = segs[:len(segs)-2], true
		last = segs[len(segs)-1]
	}
	if propsName(last) {
		return nil
	}
	static := !isNew && len(segs) > 1 && upper(segs[len(segs)-2]) &&
		(strings.HasPrefix(last, "from") || strings.HasPrefix(last, "From") || segs[len(segs)-2] == "SecretValue")
	if !static && !upper(last) || !static && !isNew && p.lang != python {
		return nil
	}
	if static {
		segs = append(append([]string{}, segs[:len(segs)-1]...), camel(last, p.lang))
	}
	if prefix, ok := p.names[segs[0]]; ok {
		if prefix == "local" {
			return p.local(segs, open)
		}
		return []string{qualified(prefix, segs[1:])}
	}
	if !p.scoped(open) && !static {
		return nil
	}
	var out []string
	for _, s := range p.spaces {
		out = append(out, qualified(s, segs))
	}
	if !static {
		out = append(out, p.local(segs, open)...)
	}
	return out
}

// local names one of the program's own classes, when it is made the way
// constructs are: in a scope, with a name.
func (p *program) local(segs []string, open int) []string {
	if !p.scoped(open) {
		return nil
	}
	return []string{"local." + segs[len(segs)-1]}
}

// scoped tells whether the arguments begin as those of a construct do: a scope
// and a name in quotes; of Pulumi, a name.
func (p *program) scoped(open int) bool {
	i := open + 1
	if i < len(p.code) && p.code[i].kind == quoted {
		return true
	}
	if _, next := p.dotted(i); next > i && p.tok(next) == "," {
		if next+1 < len(p.code) && p.code[next+1].kind == quoted {
			return true
		}
		return p.tok(next+1) == "jsii" || p.tok(next+1) == "$" || p.tok(next+1) == "f" || p.lang == python && p.tok(next+1) == "construct_id"
	}
	return false
}

func (p *program) goCandidates(segs []string, open int) []string {
	last := segs[len(segs)-1]
	class, method, static := strings.Cut(last, "_")
	made := strings.HasPrefix(last, "New") && len(last) > 3 && upper(last[3:])
	prefix, known := p.names[segs[0]]
	switch {
	case len(segs) == 2 && known && made:
		return []string{qualified(prefix, []string{last[3:]})}
	case len(segs) == 2 && known && static && strings.HasPrefix(method, "From"):
		return []string{qualified(prefix, []string{class, camel(method, golang)})}
	case made && !known && p.scoped(open):
		return []string{"local." + last[3:]}
	}
	return nil
}

// qualified joins the name of a library and the rest of a dotted name.
func qualified(prefix string, segs []string) string {
	if prefix == libraryRoot {
		prefix = "core"
		if len(segs) > 1 && !upper(segs[0]) {
			prefix, segs = cdkModule(segs[0]), segs[1:]
		}
	}
	if len(segs) == 0 {
		return prefix
	}
	if prefix == "pulumi:pulumi" { // Pulumi itself
		return "pulumi:" + strings.Join(segs, ".")
	}
	return prefix + "." + strings.Join(segs, ".")
}

// propsName tells the bags of properties from the things that have them.
func propsName(s string) bool {
	return strings.HasSuffix(s, "Props") || strings.HasSuffix(s, "Args") || strings.HasSuffix(s, "Options") ||
		strings.HasSuffix(s, "Error") || strings.HasSuffix(s, "Exception")
}

// cdkModule is the name of a module in TypeScript: aws_rds, aws-rds-alpha.
func cdkModule(s string) string {
	s = strings.ReplaceAll(s, "_", "-")
	return strings.TrimSuffix(s, "-alpha")
}

// squeezed is a module name without its dashes, as Go and Java have it, put
// back into its own form.
func squeezed(s string) string {
	s, ok := strings.CutPrefix(s, "aws")
	if !ok {
		return s
	}
	for _, dashed := range [...]string{"ecs-patterns", "ecr-assets", "lambda-nodejs", "lambda-python", "lambda-go",
		"lambda-event-sources", "lambda-destinations", "events-targets", "s3-deployment", "s3-assets", "s3-notifications",
		"cloudfront-origins", "cloudwatch-actions", "route53-targets", "route53-patterns", "sns-subscriptions",
		"elasticloadbalancingv2-targets", "elasticloadbalancingv2-actions", "autoscaling-hooktargets",
		"stepfunctions-tasks", "kinesisfirehose-destinations", "apigatewayv2-integrations", "apigatewayv2-authorizers",
		"codepipeline-actions", "logs-destinations", "ses-actions", "scheduler-targets", "iot-actions"} {
		if strings.ReplaceAll(dashed, "-", "") == s {
			s = dashed
		}
	}
	return "aws-" + s
}

func upper(s string) bool { return s != "" && 'A' <= s[0] && s[0] <= 'Z' }

// camel is a name as TypeScript has it: multi_az and MultiAz are multiAz.
func camel(s string, l language) string {
	switch l {
	case python:
		if strings.IndexByte(s, '_') <= 0 || strings.ToUpper(s) == s {
			return s
		}
		var b strings.Builder
		for i, word := range strings.Split(s, "_") {
			if i > 0 && word != "" {
				word = strings.ToUpper(word[:1]) + word[1:]
			}
			b.WriteString(word)
		}
		return b.String()
	case golang, csharp:
		if upper(s) && strings.ToUpper(s) != s {
			return strings.ToLower(s[:1]) + s[1:]
		}
	}
	return s
}
