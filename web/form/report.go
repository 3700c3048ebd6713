package form

import "github.com/indywire/indywire/internal/report"

// Report is the form by which a reader tells the editors about an article.
type Report struct{ Reason string }

// ParseReport fills the form.
func ParseReport(v Values) Report { return Report{Reason: v.Get("reason")} }

// Draft is the form as the domain takes it.
func (f Report) Draft() report.Draft { return report.Draft{Reason: f.Reason} }
