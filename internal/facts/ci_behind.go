package facts

// maxNeeds bounds how long a chain of jobs is followed.
const maxNeeds = 64

// behind is the jobs that the first ones wait for with them: these, those that
// they wait for, and so on, in the order in which they are met.
func behind(first []string, waitsFor func(job string) []string) []string {
	var out []string
	seen := map[string]bool{}
	for todo := few(first); len(todo) > 0 && len(out) < maxNeeds; todo = todo[1:] {
		job := todo[0]
		if seen[job] {
			continue
		}
		seen[job] = true
		out = append(out, job)
		todo = append(todo[:len(todo):len(todo)], few(waitsFor(job))...)
	}
	return out
}
