// A form that came back says at its top what was wrong. Keyboard and screen reader are led there, and not to
// the top of the page.
export function leadToFaults() {
  document.querySelector('.notice[tabindex="-1"]')?.focus();
}
