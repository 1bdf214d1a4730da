/** Light, dark, or as the system has it: kept in this browser, and nowhere else. */
const schemes = ['system', 'light', 'dark'] as const;
type Scheme = (typeof schemes)[number];
const key = 'winnow-colours';

export function schemeNow(): Scheme {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(key);
  } catch {
    // A browser that keeps nothing has the system's colours.
  }
  const scheme = schemes.find((one) => one === kept) ?? 'system';
  show(scheme);
  return scheme;
}

export function nextScheme(): Scheme {
  const scheme = schemes[(schemes.indexOf(schemeNow()) + 1) % schemes.length] ?? 'system';
  try {
    localStorage.setItem(key, scheme);
  } catch {
    // As above; it holds until the page is left.
  }
  show(scheme);
  return scheme;
}

function show(scheme: Scheme): void {
  document.documentElement.dataset.scheme = scheme;
}
