package locale

// SearchConfig names the text search configuration with which PostgreSQL 15
// breaks texts of the language into words (pg_catalog.pg_ts_config): its own
// where it ships one, else "simple", which only lower-cases.
func (t Tag) SearchConfig() string {
	if config, ok := searchConfigs()[t.base()]; ok {
		return config
	}
	return "simple"
}

// searchConfigs lists all that PostgreSQL 15 ships, by language. The Norwegian
// stemmer is for both written standards.
func searchConfigs() map[string]string {
	return map[string]string{
		"ar": "arabic", "hy": "armenian", "eu": "basque", "ca": "catalan", "da": "danish", "nl": "dutch",
		"en": "english", "fi": "finnish", "fr": "french", "de": "german", "el": "greek", "hi": "hindi",
		"hu": "hungarian", "id": "indonesian", "ga": "irish", "it": "italian", "lt": "lithuanian",
		"ne": "nepali", "no": "norwegian", "nb": "norwegian", "nn": "norwegian", "pt": "portuguese",
		"ro": "romanian", "ru": "russian", "sr": "serbian", "es": "spanish", "sv": "swedish",
		"ta": "tamil", "tr": "turkish", "yi": "yiddish",
	}
}
