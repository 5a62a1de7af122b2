// The HTML that is kept is the same for all viewers. What depends on the viewer is a placeholder in it: an address within the
// repository, whose tag not everybody may know, and a reference to something that not everybody may see. Placeholders are filled when
// the HTML is shown. No text can make one, because the sanitiser removes these attributes, and outside of an element `<` is escaped,
// in an attribute `"`. An attribute that ends with `<a data-file=` has a space or `>` behind its quote, which no value begins with.

/** The link or picture of a file. The value is its path in the repository, or with a slash in front its path on the server: encoded, with query and fragment. */
export const FILE = 'dataFile'
/** What is only linked for viewers who may see what it names. The value is its kind and what it names, encoded. */
export const REFERENCE = 'dataRef'

const PLACEHOLDER = /<(a|img) data-file="([^"\s>]*)"|<a data-ref="([a-z]+):([^"]*)">([^<]*)<\/a>/g

export type ReferenceKind = 'issue' | 'milestone' | 'title' | 'name' | 'commit'

/** `value` is what follows the mark: a number, a title, a path, or `group/project#1`. */
export type Reference = { kind: ReferenceKind; value: string }

export const nameOfReference = ({ kind, value }: Reference): string => `${kind}:${encodeURIComponent(value)}`

const toReference = (kind: string | undefined, value: string | undefined): Reference => ({
  kind: kind as ReferenceKind,
  value: decodeURIComponent(value ?? ''),
})

export const hasPlaceholders = (html: string): boolean =>
  html.includes(' data-file="') || html.includes('<a data-ref="')

/** The references in kept HTML. */
export const referencesIn = (html: string): Reference[] =>
  html.includes('<a data-ref="')
    ? [...html.matchAll(PLACEHOLDER)].flatMap(([, , , kind, value]) => (kind ? [toReference(kind, value)] : []))
    : []

export type Addresses = {
  /** Where a file is. Null when the viewer may not know. */
  file: (area: 'blob' | 'raw', path: string) => string | null
  /** Where the page of what is named is. Null when there is nothing that the viewer may see. */
  reference: (reference: Reference) => string | null
}

/** Kept HTML as one viewer sees it. The addresses must need no escaping. */
export function fillPlaceholders(html: string, { file, reference }: Addresses): string {
  return html.replace(PLACEHOLDER, (_whole, tag, path, kind, value, text) => {
    if (tag === undefined) {
      const href = reference(toReference(kind, value))
      return href === null ? text : `<a href="${href}">${text}</a>`
    }
    const address = tag === 'a' ? file('blob', path) : file('raw', path)
    return address === null ? `<${tag}` : `<${tag} ${tag === 'a' ? 'href' : 'src'}="${address}"`
  })
}
