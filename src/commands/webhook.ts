import { Command } from 'commander'
import {
  createWebhook,
  deleteWebhook,
  listDeliveries,
  listWebhooks,
  resendDelivery,
  testWebhook,
  updateWebhook,
  type Webhook,
} from '../client/webhooks.ts'
import { invalid } from '../foundation/errors.ts'
import { type NamespaceOptions, namespaceOf, withNamespace } from './namespace-options.ts'
import { print } from './output.ts'
import { type ServerOptions, serverOf, withServer } from './server-options.ts'
import { parseNumber } from './shared-options.ts'

type Values = { url?: string; name?: string; events?: string[]; secretToken?: string; signingToken?: string }

const lineOf = ({ id, url, events, alertStatus }: Webhook) =>
  `${id}: ${url} is told of ${events.join(', ').toLowerCase()} (${alertStatus.toLowerCase()})`

const valuesOf = ({ url, name, events, secretToken, signingToken }: Values) => ({
  ...{ url, name, events, signingToken },
  token: secretToken,
})

async function list(options: NamespaceOptions): Promise<void> {
  const webhooks = await listWebhooks(serverOf(options), namespaceOf(options))
  print(options, webhooks, webhooks.map(lineOf).join('\n') || 'There are no webhooks')
}

async function create(url: string, options: NamespaceOptions & Values): Promise<void> {
  const values = { ...valuesOf(options), url }
  const webhook = await createWebhook(serverOf(options), namespaceOf(options), values)
  print(options, webhook, `Created webhook ${lineOf(webhook)}`)
}

async function update(id: number, options: ServerOptions & Values): Promise<void> {
  const webhook = await updateWebhook(serverOf(options), id, valuesOf(options))
  print(options, webhook, `Changed webhook ${lineOf(webhook)}`)
}

async function remove(id: number, options: ServerOptions): Promise<void> {
  const webhook = await deleteWebhook(serverOf(options), id)
  print(options, webhook, `Deleted webhook ${webhook.id}`)
}

async function deliveries(id: number, options: NamespaceOptions): Promise<void> {
  const found = await listDeliveries(serverOf(options), namespaceOf(options), id)
  if (!found) throw invalid(`There is no webhook ${id}`)
  const lines = found.map(({ responseStatus, error, ...one }) => {
    const next = one.nextAttemptAt === null ? '' : `, again at ${one.nextAttemptAt}`
    return `${one.id}: ${one.trigger} at ${one.createdAt}: ${responseStatus ?? error ?? 'waits'}${next}`
  })
  print(options, found, lines.join('\n') || 'There are no deliveries')
}

async function send(told: Promise<{ status: number | null }>, options: ServerOptions): Promise<void> {
  const answer = await told
  print(options, answer, `The receiver answered ${answer.status ?? 'nothing'}`)
}

const withValues = (command: Command) =>
  command
    .option('--name <name>', 'name')
    .option('--events <events...>', 'what it is told of: PUSH, TAG_PUSH, RELEASES, RELEASE_PUBLISH, MILESTONE')
    .option('--secret-token <token>', 'sent in X-Gitlab-Token')
    .option('--signing-token <token>', 'whsec_ and 24 to 64 bytes in Base64: signs deliveries')

const command = (name: string, description: string) => new Command(name).description(description)
const named = (name: string, description: string) =>
  withServer(command(name, description)).argument('<id>', 'its number, as list prints it', parseNumber)

export const webhookCommand = () =>
  new Command('webhook')
    .description('Webhooks of projects and groups, which tell receivers of releases, tags, pushes and milestones.')
    .addCommand(withNamespace(command('list', 'Print the webhooks, the oldest first.')).action(list))
    .addCommand(
      withValues(
        withNamespace(command('create', 'Add a webhook.')).argument('<url>', 'where events are sent to'),
      ).action(create),
    )
    .addCommand(withValues(named('update', 'Change a webhook.')).option('--url <url>', 'another URL').action(update))
    .addCommand(named('delete', 'Delete a webhook.').action(remove))
    .addCommand(
      withNamespace(command('deliveries', 'Print the newest deliveries of a webhook.'))
        .argument('<id>', 'its number, as list prints it', parseNumber)
        .action(deliveries),
    )
    .addCommand(
      named('test', 'Send a sample of an event at once.')
        .argument('<event>', 'such as RELEASES')
        .action((id: number, event: string, options: ServerOptions) =>
          send(testWebhook(serverOf(options), id, event), options),
        ),
    )
    .addCommand(
      withServer(command('resend', 'Send a delivery once more.'))
        .argument('<delivery>', 'its number, as deliveries prints it', parseNumber)
        .action((id: number, options: ServerOptions) => send(resendDelivery(serverOf(options), id), options)),
    )
