package form

import "strconv"

// Act is a form of the newsroom: an editorial act on one thing.
type Act struct {
	Reason  string
	Rank    string
	Version int64  // which the editor saw; 0: no check
	Seen    int64  // the newest report that the editor saw; 0: no check
	Back    string // the list that the editor came from
}

// ParseAct fills the form.
func ParseAct(v Values) Act {
	version, _ := strconv.ParseInt(v.Get("version"), 10, 64) // what is no number asks for no check
	seen, _ := strconv.ParseInt(v.Get("seen"), 10, 64)
	return Act{Reason: v.Get("reason"), Rank: v.Get("rank"), Version: version, Seen: seen, Back: v.Get("back")}
}
