/** What stands between the slashes of a path, an encoded slash among them; nothing where it is not the encoding of UTF-8. */
export function decodedSegments(path: string): string[] {
  try {
    return decodeURIComponent(path).split('/')
  } catch {
    return []
  }
}
