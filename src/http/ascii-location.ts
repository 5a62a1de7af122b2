/** A URL as the header `Location` can hold it: a host of other letters in Punycode, everything else percent-encoded. */
export function asciiLocation(location: string): string {
  if (/^[\x21-\x7e]*$/.test(location)) return location
  return URL.canParse(location) ? new URL(location).href : location.replace(/[^\x21-\x7e]+/g, encodeURIComponent)
}
