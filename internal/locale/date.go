package locale

import (
	"fmt"
	"strconv"
	"time"
)

// Dates are written as CLDR's long form has them and clock times by 24 hours,
// all of it in the language's own digits. zone nil is UTC.

// Date writes the day: 22 November 2026.
func (l *Localizer) Date(t time.Time, zone *time.Location) string {
	return l.numbers.own(l.dates.FmtDateLong(in(t, zone)))
}

// Clock writes the time of day to the minute: 14:52.
func (l *Localizer) Clock(t time.Time, zone *time.Location) string {
	return l.numbers.own(in(t, zone).Format("15:04"))
}

// DateTime writes day and time: 22 November 2026, 14:52.
func (l *Localizer) DateTime(t time.Time, zone *time.Location) string {
	return l.T("date.with_time", "Date", l.Date(t, zone), "Time", l.Clock(t, zone))
}

// Length writes how long something plays, to the second: 4:05, or 1:02:03.
func (l *Localizer) Length(d time.Duration) string {
	whole := int(d.Round(time.Second).Seconds())
	if whole < 3600 {
		return l.numbers.own(fmt.Sprintf("%d:%02d", whole/60, whole%60))
	}
	return l.numbers.own(fmt.Sprintf("%d:%02d:%02d", whole/3600, whole/60%60, whole%60))
}

// Span writes about how long something has lasted: 40 s, 3 min, 5 h, 12 d.
func (l *Localizer) Span(d time.Duration) string {
	// i18n: span.*
	switch {
	case d < 2*time.Minute:
		return l.T("span.s", "Count", l.Number(int(d.Seconds())))
	case d < 2*time.Hour:
		return l.T("span.min", "Count", l.Number(int(d.Minutes())))
	case d < 48*time.Hour:
		return l.T("span.h", "Count", l.Number(int(d.Hours())))
	}
	return l.T("span.d", "Count", l.Number(int(d.Hours())/24))
}

// Month writes the month and its year: November 2026.
func (l *Localizer) Month(t time.Time, zone *time.Location) string {
	t = in(t, zone)
	year := l.numbers.own(strconv.Itoa(t.Year()))
	return l.T("date.month", "Month", l.dates.MonthWide(t.Month()), "Year", year)
}

// ShortDate writes the day where there is little room: 22 Nov, with the year
// where it is not that of now.
func (l *Localizer) ShortDate(t time.Time, zone *time.Location, now time.Time) string {
	t = in(t, zone)
	day, month := l.numbers.own(strconv.Itoa(t.Day())), l.dates.MonthAbbreviated(t.Month())
	if t.Year() == in(now, zone).Year() {
		return l.T("date.short", "Day", day, "Month", month)
	}
	return l.T("date.short_year", "Day", day, "Month", month, "Year", l.numbers.own(strconv.Itoa(t.Year())))
}

func in(t time.Time, zone *time.Location) time.Time {
	if zone == nil {
		return t.UTC()
	}
	return t.In(zone)
}
