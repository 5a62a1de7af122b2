import type { Root } from 'hast'
import rehypeRaw from 'rehype-raw'
import { unified } from 'unified'
import { visit } from 'unist-util-visit'

const words = (text: string) => new Set(text.trim().split(/\s+/))
const allowedTags =
  words(`a b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img input ins kbd li ol
  p pre q rp rt ruby s samp section span strike strong sub summary sup table tbody td tfoot th thead tr tt ul var`)
const allowedAttributes = words(`abbr accept acceptCharset align alt ariaDescribedBy ariaHidden ariaLabel ariaLabelledBy
  axis border cellPadding cellSpacing char charOff charSet checked cite className clear colSpan color cols compact coords
  dataFootnoteBackref dataFootnoteRef dataFootnotes dateTime dir disabled encType frame hSpace headers height href hrefLang
  htmlFor id isMap itemProp itemScope itemType label lang longDesc maxLength media method multiple name noHref noShade
  noWrap open prompt readOnly rel rev rowSpan rows rules scope selected shape size span src start summary tabIndex title
  type useMap vAlign value width`)
const allowedClasses =
  /^(anchor|contains-task-list|task-list-item|data-footnote-backref|footnotes|sr-only|language-.+)$/
const allowedSchemes = words('http: https: mailto: irc: ircs: xmpp:')

/** Everything in the HTML, read as a browser reads it, that a visitor must not put on a page. */
export function findViolations(html: string): string[] {
  const tree = unified()
    .use(rehypeRaw)
    .runSync({ type: 'root', children: [{ type: 'raw', value: html }] } as Root)
  const violations: string[] = []
  visit(tree as Root, (node) => {
    if (node.type !== 'element') {
      if (node.type !== 'root' && node.type !== 'text') violations.push(node.type)
      return
    }
    if (!allowedTags.has(node.tagName)) violations.push(`<${node.tagName}>`)
    for (const [name, value] of Object.entries(node.properties)) {
      if (!allowedAttributes.has(name)) violations.push(name)
      if (name === 'className' && ![value].flat().every((each) => allowedClasses.test(String(each))))
        violations.push(`class ${value}`)
      if ((name === 'id' || name === 'name') && !String(value).startsWith('user-content-'))
        violations.push(`id ${value}`)
      if (!['href', 'src', 'cite', 'longDesc'].includes(name) || !URL.canParse(String(value), 'https://here')) continue
      const { protocol } = new URL(String(value), 'https://here')
      if (!allowedSchemes.has(protocol)) violations.push(`${name} ${value}`)
    }
  })
  return violations
}
