// The part of the access plugin that guards mutations.
import type { FieldNullability, InputFieldMap, PothosOutputFieldConfig, SchemaTypes, TypeParam } from '@pothos/core'
import type { GraphQLFieldResolver } from 'graphql'
import { type AnyAbility, assertOpenTo, refusalNote } from '../access/pipeline-access.ts'
import type { Viewer } from '../access/viewer.ts'

declare global {
  export namespace PothosSchemaTypes {
    export interface MutationFieldOptions<
      Types extends SchemaTypes,
      Type extends TypeParam<Types>,
      Nullable extends FieldNullability<Type>,
      Args extends InputFieldMap,
      ResolveReturnShape,
    > {
      /** The ability that the mutation needs at least. The use case checks it, and whatever else the mutation depends on. */
      ability: AnyAbility
    }
  }
}

type Config<Types extends SchemaTypes> = PothosOutputFieldConfig<Types>
type Resolver<Types extends SchemaTypes> = GraphQLFieldResolver<unknown, Types['Context'], object>

function abilityOf<Types extends SchemaTypes>({ name, pothosOptions }: Config<Types>): AnyAbility {
  const { ability } = pothosOptions as { ability?: AnyAbility }
  if (!ability) throw new Error(`Mutation.${name} declares no ability`)
  return ability
}

export function describeMutation<Types extends SchemaTypes>(config: Config<Types>): Config<Types> {
  return { ...config, description: `${config.description ?? ''} ${refusalNote(abilityOf(config))}`.trim() }
}

/** Refuses a pipeline unless the mutation's ability is open to pipelines. */
export function guardMutation<Types extends SchemaTypes>(
  resolver: Resolver<Types>,
  config: Config<Types>,
): Resolver<Types> {
  const ability = abilityOf(config)
  return (parent, args, context, info) => {
    assertOpenTo((context as { viewer: Viewer }).viewer, ability)
    return resolver(parent, args, context, info)
  }
}
