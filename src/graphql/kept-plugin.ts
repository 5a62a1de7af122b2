// The field option `kept`: whether an answer that shows the field may be kept in memory (`pipeline/kept-answers.ts`). A field may
// say so if it depends on the project that the query begins with, on accounts' names, on what the viewer may do in that project,
// and on nothing else, because `content_versions` counts the changes of just that. A field that does not say it makes its query
// one that is answered anew each time.
import SchemaBuilder, {
  BasePlugin,
  type FieldNullability,
  type InputFieldMap,
  type PothosOutputFieldConfig,
  type SchemaTypes,
  type TypeParam,
} from '@pothos/core'

export const KEPT_PLUGIN = 'kept'

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      kept: KeptPlugin<Types>
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
      /** Whether an answer that shows it may be kept. */
      kept?: true
    }
  }
}

class KeptPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onOutputFieldConfig(config: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    const { kept } = config.pothosOptions as { kept?: true }
    return kept ? { ...config, extensions: { ...config.extensions, kept } } : config
  }
}

SchemaBuilder.registerPlugin(KEPT_PLUGIN, KeptPlugin)
