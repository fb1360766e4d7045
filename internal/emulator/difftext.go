package emulator

import "strings"

// diffLine is one line of a comparison: kind is "+", "-" or " ".
type diffLine struct {
	Kind string
	Text string
}

// diffText compares two texts line by line and keeps two lines of context. Texts
// whose differing middles are long are shown as all removed and all added.
func diffText(before, after string) []diffLine {
	a, b := splitLines(before), splitLines(after)
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	end := 0
	for end < len(a)-start && end < len(b)-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	middleA, middleB := a[start:len(a)-end], b[start:len(b)-end]
	var out []diffLine
	for _, line := range a[max(start-2, 0):start] {
		out = append(out, diffLine{" ", line})
	}
	out = append(out, diffMiddle(middleA, middleB)...)
	for _, line := range a[len(a)-end : min(len(a)-end+2, len(a))] {
		out = append(out, diffLine{" ", line})
	}
	return out
}

func splitLines(s string) []string {
	return strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
}

// diffMiddle is the longest common subsequence of what is left, shown with its changes only.
func diffMiddle(a, b []string) []diffLine {
	var out []diffLine
	if len(a)*len(b) > 1<<20 {
		for _, line := range a {
			out = append(out, diffLine{"-", line})
		}
		for _, line := range b {
			out = append(out, diffLine{"+", line})
		}
		return out
	}
	width := len(b) + 1
	common := make([]int, (len(a)+1)*width)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i*width+j] = common[(i+1)*width+j+1] + 1
			} else {
				common[i*width+j] = max(common[(i+1)*width+j], common[i*width+j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && common[(i+1)*width+j] >= common[i*width+j+1]:
			out = append(out, diffLine{"-", a[i]})
			i++
		default:
			out = append(out, diffLine{"+", b[j]})
			j++
		}
	}
	return out
}
