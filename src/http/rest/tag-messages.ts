import DataLoader from 'dataloader'
import { answerSize } from '../../answer-size/answer-size.ts'
import { placeInRest } from '../../answer-size/place.ts'
import { type Context, perRequest } from '../../context.ts'
import { groupBy } from '../../group-by.ts'
import { messagesOfTags, type Tag } from '../../modules/git/tags.ts'

type Key = { projectId: number; name: string }

const nameOf = ({ projectId, name }: Key) => `${projectId} ${name}`

/** Messages that were too long to come with their tags: one run of git for each repository. */
const longMessages = perRequest(
  (context) =>
    new DataLoader<Key, string, string>(
      async (keys) => {
        const { tooLarge } = answerSize(context)
        if (tooLarge) return keys.map(() => tooLarge)
        const found = new Map<string, string>()
        for (const [projectId, some] of groupBy(keys, (key) => key.projectId)) {
          const repository = context.repositories.directory(projectId)
          const messages = await messagesOfTags(
            repository,
            some.map(({ name }) => name),
          )
          for (const [name, message] of messages) found.set(nameOf({ projectId, name }), message)
        }
        return keys.map((key) => found.get(nameOf(key)) ?? '')
      },
      { cacheKeyFn: nameOf },
    ),
)

/** The message of a tag, empty for a lightweight one. */
export async function messageOf(
  context: Context,
  projectId: number,
  { name, message, messageBytes }: Pick<Tag, 'name' | 'message' | 'messageBytes'>,
): Promise<string> {
  answerSize(context).take(messageBytes ?? message?.length ?? 0, () => placeInRest(context, 'message'))
  return messageBytes === undefined ? (message ?? '') : longMessages(context).load({ projectId, name })
}
