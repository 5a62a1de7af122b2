/** The segments of a path, also between encoded slashes; none when the path is not percent-encoded UTF-8. */
export function decodedSegments(path: string): string[] {
  try {
    return decodeURIComponent(path).split('/')
  } catch {
    return []
  }
}
