import { html } from 'hono/html'
import { descriptionOf, type Endpoint } from '../kit/endpoint.ts'
import { documentedPath, type Parameter, parametersOf } from './openapi.ts'

const style = `
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1f2328; }
  code { font: 0.9em ui-monospace, monospace; }
  details { border: 1px solid #d0d7de; border-radius: 6px; margin: 0.5rem 0; padding: 0.5rem 0.75rem; }
  summary { cursor: pointer; }
  td, th { text-align: left; padding: 0.15rem 1rem 0.15rem 0; vertical-align: top; }
  b { display: inline-block; min-width: 4rem; }`

function row({ name, place, isRequired, type, description }: Parameter) {
  const how = `${place}${isRequired ? ', required' : ''}`
  return html`<tr><td><code>${name}</code></td><td>${type}</td><td>${how}</td><td>${description}</td></tr>`
}

const section = (endpoint: Endpoint) => html`
  <details>
    <summary><b>${endpoint.method.toUpperCase()}</b> <code>${documentedPath(endpoint.path)}</code> ${endpoint.summary}</summary>
    <p>${descriptionOf(endpoint)}</p>
    <table><tr><th>parameter</th><th>type</th><th>where</th><th></th></tr>${parametersOf(endpoint).map(row)}</table>
    <p>Answers ${Object.keys(endpoint.answers).join(', ')}.</p>
  </details>`

/** A page for people. It has no scripts and loads nothing from other servers. */
export const documentationPage = (endpoints: readonly Endpoint[], url: string) => html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Waybill: REST API</title><style>${style}</style></head>
<body>
<main>
<h1>REST API</h1>
<p>All paths are below <code>${url}</code>. Programs find the same description as <a href="openapi.json">OpenAPI 3.1</a>. Send
the credential in the header <code>PRIVATE-TOKEN</code>, <code>JOB-TOKEN</code> or <code>Authorization: Bearer</code>. Send
parameters that are not in the path in the query, or in a body of JSON or a form. Lists have pages: use <code>page</code> and
<code>per_page</code>.</p>
${[...new Set(endpoints.map(({ tag }) => tag))].map(
  (tag) => html`<h2>${tag}</h2>${endpoints.filter((endpoint) => endpoint.tag === tag).map(section)}`,
)}
</main>
</body>
</html>`
