package web

// AtFault tells whether something in the form itself is to be put right, beside
// what the notice says of the form as a whole.
func (f ArticleForm) AtFault() bool {
	for name := range f.Faults {
		if name != "version" && name != "state" {
			return true
		}
	}
	return len(f.RefusedNow) > 0
}
