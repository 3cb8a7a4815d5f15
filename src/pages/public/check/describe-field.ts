// What describes a field to screen readers: the lines of its group that are shown. A line that is named there is read even where
// it is hidden, so faults are named only while they are shown.

export function describeField(field: HTMLElement): void {
  const lines = [...(field.parentElement?.querySelectorAll('p:not([hidden])') ?? [])];
  if (lines.length === 0) field.removeAttribute('aria-describedby');
  else field.setAttribute('aria-describedby', lines.map(({ id }) => id).join(' '));
}
