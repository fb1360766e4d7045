package facts

// hclFields are members by key. Objects that people write are small, and a
// search through them quicker than a map; the map comes when they are not, so
// that no text costs the square of its size.
type hclFields struct {
	fields []Field
	at     map[string]int
}

func (s *hclFields) find(key string) int {
	const small = 32
	if len(s.fields) > small && s.at == nil {
		s.at = make(map[string]int, 2*len(s.fields))
		for i, f := range s.fields {
			s.at[f.Key] = i
		}
	}
	if s.at != nil {
		if i, ok := s.at[key]; ok {
			return i
		}
		return -1
	}
	for i := range s.fields {
		if s.fields[i].Key == key {
			return i
		}
	}
	return -1
}

// get is a member; absent where there is none.
func (s *hclFields) get(key string) Value {
	if i := s.find(key); i >= 0 {
		return s.fields[i].Value
	}
	return Value{}
}

// put adds a member, or replaces it.
func (s *hclFields) put(key string, v Value) {
	if i := s.find(key); i >= 0 {
		s.fields[i].Value = v
		return
	}
	if s.at != nil {
		s.at[key] = len(s.fields)
	}
	s.fields = append(s.fields, Field{key, v})
}

// hclSet is put for members that are few.
func hclSet(fields []Field, key string, v Value) []Field {
	for i := range fields {
		if fields[i].Key == key {
			fields[i].Value = v
			return fields
		}
	}
	return append(fields, Field{key, v})
}
