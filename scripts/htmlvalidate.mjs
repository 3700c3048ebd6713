// Judges pages: standard input is a JSON object of mark-up by name, standard output a JSON array of mistakes. The rules
// stand in htmlvalidate.json beside this file.
import { readFileSync } from 'node:fs';
import { HtmlValidate, StaticConfigLoader } from 'html-validate';

const config = JSON.parse(readFileSync(new URL('htmlvalidate.json', import.meta.url), 'utf8'));
const { reasons, ...rules } = config;
const judge = new HtmlValidate(new StaticConfigLoader({ root: true, ...rules }));

const mistakes = [];
for (const [page, markup] of Object.entries(JSON.parse(readFileSync(0, 'utf8'))).sort()) {
  const report = await judge.validateString(markup, `${page}.html`);
  for (const { messages } of report.results) {
    for (const { line, column, ruleId, message } of messages) {
      mistakes.push({ page, line, column, rule: ruleId, message });
    }
  }
}
process.stdout.write(JSON.stringify(mistakes));
