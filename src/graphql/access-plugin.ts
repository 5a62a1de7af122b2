// The plugin that checks abilities. A type declares how to reach its project. A field declares the ability that it needs, and
// what a viewer without the ability gets. A mutation declares its ability, because a pipeline may use only abilities that are
// open to pipelines. A field or mutation without a declaration fails the build of the schema, so that none can be forgotten. The
// table in docs/redaction.md lists what a viewer without code access gets in place of each value.
import SchemaBuilder, {
  BasePlugin,
  type FieldNullability,
  type FieldRequiredness,
  type InputFieldMap,
  type InputShapeFromFields,
  type InputType,
  type PothosOutputFieldConfig,
  type PothosTypeConfig,
  type SchemaTypes,
  type ShapeFromTypeParam,
  type TypeParam,
} from '@pothos/core'
import type { GraphQLFieldResolver, GraphQLNamedType } from 'graphql'
import { type Ability, can, isOpenToPipelines, type ProjectAccess } from '../access/abilities.ts'
import type { Viewer } from '../access/viewer.ts'
import { AppError } from '../foundation/errors.ts'
import { type Connection, isCarrier } from '../rows/page.ts'
import { describeMutation, guardMutation } from './mutation-access.ts'

const pluginName = 'access'
export default pluginName

type Instead<Parent, Args, Value, Context> =
  | { otherwise: null }
  | {
      /** The value for a viewer without the ability. */
      otherwise: (parent: Parent, args: Args, context: Context) => Value | Connection<never>
      /** The same value in words, for the field's description. */
      instead: string
    }

type FieldAccess<Parent, Args, Value, Context> = 'public' | ({ needs: Ability } & Instead<Parent, Args, Value, Context>)

/**
 * `public`: the type has no project. Otherwise the ability that reading any object of the type needs. `fields`: whoever may read the
 * object may read its fields; only a field that needs more declares its access.
 */
type TypeAccess<Parent> = 'public' | { needs: Ability; project: (parent: Parent) => ProjectAccess; fields?: 'public' }

/** An argument whose use needs the ability. The refusal is the same whatever the data is. */
type ArgumentAccess = { needs: Ability; when?: (value: unknown) => boolean }

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      access: AccessPlugin<Types>
    }
    export interface FieldOptions<
      Types extends SchemaTypes = SchemaTypes,
      ParentShape = unknown,
      Type extends TypeParam<Types> = TypeParam<Types>,
      Nullable extends FieldNullability<Type> = FieldNullability<Type>,
      Args extends InputFieldMap = InputFieldMap,
      ResolveShape = unknown,
      ResolveReturnShape = unknown,
    > {
      access?: FieldAccess<
        ParentShape,
        InputShapeFromFields<Args>,
        ShapeFromTypeParam<Types, Type, Nullable>,
        Types['Context']
      >
    }
    export interface ObjectTypeOptions<Types extends SchemaTypes = SchemaTypes, Shape = unknown> {
      access?: TypeAccess<Shape>
    }
    export interface ArgFieldOptions<
      Types extends SchemaTypes = SchemaTypes,
      Type extends InputType<Types> | [InputType<Types>] = InputType<Types> | [InputType<Types>],
      Req extends FieldRequiredness<Type> = FieldRequiredness<Type>,
    > {
      access?: ArgumentAccess
    }
  }
}

type AnyFieldAccess = FieldAccess<unknown, object, unknown, object>
type Resolver<Types extends SchemaTypes> = GraphQLFieldResolver<unknown, Types['Context'], object>
type ArgumentRule = ArgumentAccess & { name: string }

/** The ID from the interface Node. Everyone who may read the object may know it. */
const isNodeId = (config: { graphqlKind: string; name: string }) =>
  config.graphqlKind === 'Interface' && config.name === 'id'

function describe(description: string | null | undefined, access: AnyFieldAccess): string | null | undefined {
  if (access === 'public') return description
  const instead = 'instead' in access ? access.instead : 'null'
  const never = isOpenToPipelines(access.needs) ? '' : ', which no pipeline has'
  return `${description ?? ''} Needs \`${access.needs}\`${never}; otherwise ${instead}.`.trim()
}

class AccessPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onTypeConfig(config: PothosTypeConfig): PothosTypeConfig {
    if (config.kind !== 'Object' || isCarrier(config.name)) return config
    const access = this.typeAccess(config)
    if (!access) throw new Error(`Type ${config.name} declares no access: { needs, project } or 'public'`)
    if (access === 'public') return config
    const description = `${config.description ?? ''} Reading one needs \`${access.needs}\`.`
    return { ...config, description, extensions: { ...config.extensions, access } }
  }

  override onOutputFieldConfig(config: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    if (config.kind === 'Mutation') return describeMutation(config)
    const access = this.fieldAccess(config)
    if (!access) {
      if (this.projectOf(config) && !this.hasPublicFields(config) && !isNodeId(config)) {
        throw new Error(
          `Field ${config.parentType}.${config.name} declares no access: 'public' or { needs, otherwise }`,
        )
      }
      return config
    }
    return { ...config, description: describe(config.description, access) }
  }

  override wrapResolve(resolver: Resolver<Types>, config: PothosOutputFieldConfig<Types>): Resolver<Types> {
    if (config.kind === 'Mutation') return guardMutation(resolver, config)
    const project = this.projectOf(config)
    if (!project) return resolver
    const guarded = this.guardArguments(resolver, config, project)
    const access = this.fieldAccess(config)
    if (!access || access === 'public') return guarded
    return (parent, args, context, info) => {
      if (can(viewerOf(context), access.needs, project(parent))) return guarded(parent, args, context, info)
      return access.otherwise === null ? null : access.otherwise(parent, args, context)
    }
  }

  private guardArguments(
    resolver: Resolver<Types>,
    config: PothosOutputFieldConfig<Types>,
    project: (parent: unknown) => ProjectAccess,
  ): Resolver<Types> {
    const rules = argumentRules(config)
    if (rules.length === 0) return resolver
    return (parent, args, context, info) => {
      const values = new Map<string, unknown>(Object.entries(args))
      for (const { name, needs, when } of rules) {
        const value = values.get(name)
        const given = value != null && (when?.(value) ?? true)
        if (given && !can(viewerOf(context), needs, project(parent))) {
          throw new AppError('FORBIDDEN', `Argument "${name}" of ${config.name} needs the ability ${needs}`)
        }
      }
      return resolver(parent, args, context, info)
    }
  }

  private fieldAccess(config: PothosOutputFieldConfig<Types>): AnyFieldAccess | undefined {
    return (config.pothosOptions as { access?: AnyFieldAccess }).access
  }

  private typeAccess(config: { pothosOptions: object }): TypeAccess<unknown> | undefined {
    return (config.pothosOptions as { access?: TypeAccess<unknown> }).access
  }

  private parentAccess(config: PothosOutputFieldConfig<Types>): Exclude<TypeAccess<unknown>, 'public'> | undefined {
    const access = this.typeAccess(this.builder.configStore.getTypeConfig(config.parentType))
    return access === 'public' ? undefined : access
  }

  private projectOf(config: PothosOutputFieldConfig<Types>): ((parent: unknown) => ProjectAccess) | undefined {
    return this.parentAccess(config)?.project
  }

  private hasPublicFields(config: PothosOutputFieldConfig<Types>): boolean {
    return this.parentAccess(config)?.fields === 'public'
  }
}

function argumentRules<Types extends SchemaTypes>(config: PothosOutputFieldConfig<Types>): ArgumentRule[] {
  return Object.entries(config.args).flatMap(([name, arg]) => {
    const { access } = arg.pothosOptions as { access?: ArgumentAccess }
    return access ? [{ name, ...access }] : []
  })
}

/** For objects that a viewer reaches by their global ID: null when the viewer may not read the object. */
export function readableNode(type: GraphQLNamedType | undefined, node: unknown, viewer: Viewer): unknown {
  const access = type?.extensions.access as Exclude<TypeAccess<unknown>, 'public'> | undefined
  return node && access && !can(viewer, access.needs, access.project(node)) ? null : node
}

// The cast is safe, because the builder's Context is ours and only the plugin is generic over it.
const viewerOf = (context: object) => (context as { viewer: Viewer }).viewer

SchemaBuilder.registerPlugin(pluginName, AccessPlugin)
