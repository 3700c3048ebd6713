// Package locale knows languages: their tags, names and direction, the messages
// of the interface, and how dates, numbers and sizes are written in each.
//
// # To add a message
//
// Put a line with its key into messages/en.json, pt.json and ar.json, in order
// of the keys and one line a key, so that the edits of several people do not
// meet. Keys are lower-case words parted by dots: "publish.limit".
//
//	"publish.limit": "Up to {{.Max}} characters.",
//	"wire.replies": {"one": "{{.Count}} reply", "other": "{{.Count}} replies"},
//
// A message with a count has the plural forms that CLDR gives the language: en
// one, other; pt one, many, other; ar zero, one, two, few, many, other. Use it
// from a template or from Go:
//
//	{{.T "publish.limit" "Max" .MaxBody}}
//	{{.N "wire.replies" .Replies}}
//
// A test finds keys that are missing or unused, and names of arguments that do
// not agree. It sees literal keys in calls of T and N and in the Message of a
// fault.Field, and in Go every literal that begins with "error.". Keys that are
// built at run time are told to it in a comment, in Go or in a template:
//
//	// i18n: state.* rank.other
//	{{/* i18n: state.* */}}
//
// # To add a language
//
// Add messages/<tag>.json with every key of en.json, and a line in languages in
// catalog.go. The tests name what is still missing. A key
// without a translation is shown in English.
package locale
