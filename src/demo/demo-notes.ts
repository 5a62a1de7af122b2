/** Shows what notes may contain. The project, its people and its addresses are made up. */
export const releaseNotes = `# Waybill 1.0

The first stable version :tada:. From here on, fields are only ever **added**.

## New

- [x] Releases, [links](#links) and source archives
- [x] Milestones with their issues
- [ ] Subscriptions (in 2.0)

## Links

| Platform | File | Size |
| --- | --- | ---: |
| Linux | \`waybill-linux-amd64\` | 12 MB |
| macOS | \`waybill-darwin-arm64\` | 11 MB |

## Try it

\`\`\`graphql
query {
  project(fullPath: "demo/waybill") {
    releases(first: 5) { nodes { name releasedAt } }
  }
}
\`\`\`

> Thanks to everyone who tried the release candidate.[^1]

[^1]: There was only one, \`v1.0.0-rc.1\`.
`
