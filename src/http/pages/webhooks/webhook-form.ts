// The form of a webhook. What it has that is secret is never shown: an empty field leaves it as it is.
import { html } from 'hono/html'
import { maxCharacters } from '../../../foundation/text-limits.ts'
import type { ShownWebhookFragment } from '../../../generated/documents.ts'
import { type EventName, eventNames, isTrigger, type Trigger } from '../../../modules/webhooks/webhook-events.ts'
import { branchFilterStrategies, type Pair } from '../../../modules/webhooks/webhook-rules.ts'
import type { Fields } from '../../rest/kit/nested-fields.ts'
import { checkbox, choiceField, formOf, secretField, textArea, textField } from '../kit/form-fields.ts'
import type { Filled } from '../kit/form-page.ts'
import { choiceIn, isGiven, textIn, wrong } from '../kit/given.ts'
import type { Markup } from '../kit/layout.ts'

type Shown = ShownWebhookFragment | null

export const triggerTitles: Readonly<Record<Trigger, string>> = {
  releases_events: 'A release is published, changed or deleted',
  release_publish_events: 'The date of an upcoming release comes',
  tag_push_events: 'A tag is pushed',
  push_events: 'A branch is pushed',
  milestone_events: 'A milestone is made, closed or opened again',
}

export const triggers = Object.keys(triggerTitles) as Trigger[]

const strategyTitles: Readonly<Record<(typeof branchFilterStrategies)[number], string>> = {
  wildcard: 'Branches by a pattern',
  regex: 'Branches by a regular expression',
  all_branches: 'All branches',
}

const nameOfEvent = (event: string) => `${event.toLowerCase()}_events` as EventName

const told = (webhook: Shown, event: EventName) =>
  webhook ? webhook.events.map(nameOfEvent).includes(event) : event === 'releases_events'

const eventFields = (filled: Filled, webhook: Shown) => html`
<fieldset><legend>What it is told of</legend>${triggers.map((name) =>
  checkbox(filled, { name, label: triggerTitles[name], stored: told(webhook, name) }),
)}</fieldset>`

const removal = (name: string, label: string): Markup =>
  html`<label><input type="checkbox" name="${name}" value="1"> ${label}</label>`

const secretFields = (filled: Filled, webhook: Shown) => {
  const kept = (isPresent: boolean | undefined) => (isPresent ? ' There is one: empty leaves it as it is.' : '')
  return [
    secretField(filled, {
      ...{ name: 'token', label: 'Secret token', maxLength: maxCharacters.webhookToken },
      hint: `Sent in X-Gitlab-Token.${kept(webhook?.tokenPresent)}`,
    }),
    webhook?.tokenPresent ? removal('remove_token', 'Take the secret token away') : html``,
    secretField(filled, {
      ...{ name: 'signing_token', label: 'Signing token', maxLength: maxCharacters.signingToken },
      hint: `Signs deliveries (Standard Webhooks): whsec_ and 24 to 64 bytes in Base64.${kept(webhook?.signingTokenPresent)}`,
    }),
    webhook?.signingTokenPresent ? removal('remove_signing_token', 'Take the signing token away') : html``,
  ]
}

const pairFields = (filled: Filled, webhook: Shown) => {
  const blank = { ...filled, given: null }
  const removals = (name: string, names: readonly string[] = []) =>
    names.map((key) => html`<label><input type="checkbox" name="${name}[]" value="${key}"> Take ${key} away</label>`)
  return [
    // What was given is not shown again, because the values are secret.
    textArea(blank, { name: 'custom_headers', label: 'More headers', rows: 2, hint: 'One a line: X-Key: value.' }),
    html`${removals('remove_headers', webhook?.customHeaders)}`,
    textArea(blank, {
      ...{ name: 'url_variables', label: 'More variables of the URL', rows: 2 },
      hint: 'One a line: name: value, for {name} in the URL.',
    }),
    html`${removals('remove_variables', webhook?.urlVariables)}`,
  ]
}

export const webhookForm = (filled: Filled, webhook: Shown, submit: string): Markup =>
  formOf({
    action: '',
    submit,
    filled,
    fields: [
      textField(filled, {
        ...{ name: 'url', label: 'URL', type: 'text', required: true, maxLength: maxCharacters.url },
        hint: webhook ? 'Another URL takes the token, the headers and the variables away.' : 'Where it is told.',
        stored: webhook?.url ?? null,
      }),
      textField(filled, { name: 'name', label: 'Name', maxLength: maxCharacters.name, stored: webhook?.name ?? null }),
      textField(filled, {
        ...{ name: 'description', label: 'Description', maxLength: maxCharacters.webhookDescription },
        stored: webhook?.description ?? null,
      }),
      eventFields(filled, webhook),
      choiceField(filled, {
        ...{ name: 'branch_filter_strategy', label: 'Which branches count for pushes' },
        options: branchFilterStrategies.map((name) => [name, strategyTitles[name]] as const),
        stored: webhook?.branchFilterStrategy.toLowerCase() ?? 'all_branches',
      }),
      textField(filled, {
        ...{ name: 'branch_filter', label: 'Pattern or expression', maxLength: maxCharacters.branchFilter },
        stored: webhook?.branchFilter ?? null,
      }),
      ...secretFields(filled, webhook),
      ...pairFields(filled, webhook),
      textArea(filled, {
        ...{ name: 'template', label: 'Template of the body', rows: 4, maxLength: maxCharacters.template },
        hint: 'JSON in which {{a.b}} is replaced by a value of the event. Empty: the body is as in GitLab.',
        stored: webhook?.template ?? null,
      }),
      checkbox(filled, {
        ...{ name: 'enable_ssl_verification', label: 'The certificate of the receiver must be valid' },
        stored: webhook?.enableSslVerification ?? true,
      }),
    ],
  })

/** The pairs that are added, one a line, and the ones that are taken away. */
function pairsIn(given: Fields, name: string, removals: string): Pair[] {
  const lines = textIn(given, name)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const added = lines.map((line) => {
    const [, key, value] = /^([^:]+):\s*(.+)$/.exec(line) ?? []
    if (key === undefined)
      throw wrong(
        name,
        name === 'custom_headers' ? 'More headers' : 'More variables',
        'must have a name, a colon and a value in each line',
      )
    return { key: key.trim(), value }
  })
  const removed = [given[removals]].flat().filter((key) => typeof key === 'string')
  return [...added, ...removed.map((key) => ({ key, value: null }))]
}

const secretIn = (given: Fields, name: string): string | null | undefined =>
  isGiven(given, `remove_${name}`) ? null : textIn(given, name) || undefined

/** What the form says. `events` are the stored ones, because the form shows only what happens here. */
export function valuesIn(given: Fields, stored: readonly EventName[]) {
  const events = eventNames.filter((name) => (isTrigger(name) ? isGiven(given, name) : stored.includes(name)))
  return {
    url: textIn(given, 'url'),
    name: textIn(given, 'name') || null,
    description: textIn(given, 'description') || null,
    events,
    branchFilterStrategy: choiceIn(given, {
      ...{ name: 'branch_filter_strategy', label: 'Which branches count for pushes' },
      values: branchFilterStrategies,
    }),
    branchFilter: textIn(given, 'branch_filter') || null,
    template: textIn(given, 'template') || null,
    token: secretIn(given, 'token'),
    signingToken: secretIn(given, 'signing_token'),
    customHeaders: pairsIn(given, 'custom_headers', 'remove_headers'),
    urlVariables: pairsIn(given, 'url_variables', 'remove_variables'),
    enableSslVerification: isGiven(given, 'enable_ssl_verification'),
  }
}

/** The fields of the rules' attributes, and of messages by their beginning. */
export const fieldOf = {
  signingToken: 'signing_token',
  branchFilter: 'branch_filter',
  urlVariables: 'url_variables',
  'Invalid url': 'url',
  'Invalid branch filter': 'branch_filter',
  'Custom headers': 'custom_headers',
}
