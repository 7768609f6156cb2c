/** What the classes of a run are called: a function from index to name, which is the index where the record has no names. */
export function classNames(view) {
  let names = null;
  try {
    names = JSON.parse(view.metadata['class names'] ?? 'null');
  } catch {
    names = null; // a damaged record still shows numbers
  }

  const name = (index) => (Array.isArray(names) && typeof names[index] === 'string' ? names[index] : String(index));
  name.known = Array.isArray(names);
  return name;
}

/** A name that fits into a figure. */
export const cut = (name, most = 18) => (name.length > most ? `${name.slice(0, most - 1)}…` : name);
