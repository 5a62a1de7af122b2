/** The decoded segments of a path. An encoded slash ends a segment too. No segments when the path does not encode UTF-8. */
export function decodedSegments(path: string): string[] {
  try {
    return decodeURIComponent(path).split('/')
  } catch {
    return []
  }
}
