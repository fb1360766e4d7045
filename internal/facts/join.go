package facts

// parts are what a file contributes to a format that joins several files.
type parts struct{}

// join runs the formats that need all their files, in a fixed order.
func (r *reader) join(out *Facts) {}
