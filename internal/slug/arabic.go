package slug

// arabic spells the letters that unidecode drops or writes with signs that a
// slug cannot hold (ا as nothing, ع as a backquote, ة as @). Without them half
// of an Arabic word would be missing. The other letters it spells well.
func arabic(r rune) (string, bool) {
	switch r {
	case 'ا', 'أ', 'آ', 'ٱ', 'ع', 'ة', 'ى', 'ٰ':
		return "a", true
	case 'إ':
		return "i", true
	case 'ؤ':
		return "w", true
	case 'ئ':
		return "y", true
	case 'ء', 'ـ':
		return "", true
	}
	return "", r >= 'ً' && r <= 'ْ' // vowel signs: most titles have none, so none count
}
