package evidence

// truth is three-valued: what the files leave open is unknown, which is
// neither a pass nor a fail.
type truth int8

const (
	unknown truth = 0
	yes     truth = 1
	no      truth = -1
)

func (t truth) and(o truth) truth { return min(t, o) }

func (t truth) or(o truth) truth { return max(t, o) }

func (t truth) not() truth { return -t }

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}
