package library

// Nearest returns the known name that is most like the given one, and false if
// none is near enough to be a slip of the pen: at most a third of the letters
// wrong (one in names of up to three letters). Of equally near names it takes
// one of the same length, for a swap is the commoner slip, and then the first.
func Nearest(name string, known []string) (string, bool) {
	letters := len([]rune(name))
	limit := 1 + max(1, letters/3)
	best, least := "", 2*limit
	for _, c := range known {
		score := 2 * editDistance(name, c, limit)
		if len([]rune(c)) != letters {
			score++
		}
		if score < least {
			best, least = c, score
		}
	}
	return best, best != ""
}

// editDistance counts insertions, deletions, replacements and swaps of
// neighbours between a and b (optimal string alignment), with letters that
// differ in case alone counted as equal; distances of limit and more are
// returned as limit.
func editDistance(a, b string, limit int) int {
	s, t := []rune(lower(a)), []rune(lower(b))
	if len(s)-len(t) >= limit || len(t)-len(s) >= limit {
		return limit
	}
	before, prev, cur := make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(s); i++ {
		cur[0] = i
		for j := 1; j <= len(t); j++ {
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
		}
		before, prev, cur = prev, cur, before
	}
	return min(prev[len(t)], limit)
}

func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
