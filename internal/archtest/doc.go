// Package archtest holds the rules of the house as tests: which room may import which, who writes a table, and the
// habits that a linter does not see. A failure says what to do; where a rule is wrong, change it here and say why.
package archtest
