package facts

// typedNames learns what classes of libraries the program says its parameters,
// fields and properties are of: `apiGateway: RestApi`, `vpc?: ec2.IVpc`,
// `self, api: apigw.RestApi`. A name that is said to be of two classes is of none.
func (p *program) typedNames() map[string]string {
	if p.lang != script && p.lang != python {
		return nil
	}
	typed := map[string]string{}
	for i := range p.code {
		at := i + 1
		if p.tok(at) == "?" {
			at++
		}
		if !p.isIdent(i) || p.tok(at) != ":" || !p.isIdent(at+1) {
			continue
		}
		segs, next := p.dotted(at + 1)
		prefix, ok := p.names[segs[0]]
		last := segs[len(segs)-1]
		if !ok || prefix == "local" || !upper(last) || propsName(last) || p.tok(next) == "(" || p.tok(next) == "." {
			continue
		}
		class := classBehind(qualified(prefix, segs[1:]))
		if known, ok := typed[p.tok(i)]; ok && known != class {
			class = ""
		}
		typed[p.tok(i)] = class
	}
	return typed
}

// classBehind is the class that an interface of CDK's is what may be known of:
// aws-ec2.IVpc is a Vpc.
func classBehind(name string) string {
	for i := len(name) - 1; i > 0; i-- {
		if name[i-1] == '.' {
			if name[i] == 'I' && i+1 < len(name) && upper(name[i+1:]) {
				return name[:i] + name[i+1:]
			}
			return name
		}
	}
	return name
}
