package modlog

import (
	"strconv"
	"strings"

	"github.com/indywire/indywire/internal/locale"
)

// Who says whose hand it was: the name that an editor chose, or what kind of
// hand. Authors are never named.
func (r Record) Who(l *locale.Localizer) string {
	switch r.ActorKind {
	case Operator:
		return l.T("log.operators")
	case Rule:
		return l.T("log.rule")
	case Author:
		return l.T("log.author")
	}
	return r.ActorName
}

// What says what was done to what, by its number: what is withdrawn is gone from
// the log too.
func (r Record) What(l *locale.Localizer) string {
	// i18n: act.*.*
	return l.T("act."+string(r.Act)+"."+string(r.Subject), "Number", l.ID(r.SubjectID))
}

// Why is the reason that was given, or, of an act that needs none, what the
// reason stands for, in words.
func (r Record) Why(l *locale.Localizer) string {
	if r.Reason == "" {
		return ""
	}
	switch r.Act {
	case Rank:
		// i18n: rank.*
		return l.T("rank." + r.Reason)
	case Place:
		if n, err := strconv.Atoi(r.Reason); err == nil {
			return l.T("log.position", "Number", n)
		}
	case Invite, Grant, Revoke:
		// i18n: role.*
		return l.T("role." + r.Reason)
	case Change:
		return settings(l, r.Reason)
	}
	return r.Reason
}

// settings are the names of settings in words, where there are words for them.
func settings(l *locale.Localizer, names string) string {
	list := ""
	for name := range strings.FieldsSeq(names) {
		// i18n: setting.*
		if word := l.T("setting." + name); word != "setting."+name {
			name = word
		}
		if list == "" {
			list = name
		} else {
			list = l.T("log.list", "Before", list, "Next", name)
		}
	}
	return list
}
