import type { Catalogue } from '../record/catalogue.js';
import type { RegistryKind } from '../record/registry-kind.js';

/** What is known of a message beside its text, when it is read. */
export interface ReadingContext {
  /** That the address names: it wins over what the message says. */
  readonly registry: RegistryKind | null;
  /** `receiver_id` of the header: names the registry where nothing else does. */
  readonly receiverId: string | null;
  /** Those that are answered here. */
  readonly servedRegistries: readonly RegistryKind[];
  /** Those of them that the caller may ask; `null` or absent: all. */
  readonly allowedRegistries?: readonly RegistryKind[] | null;
  /** Whether what comes without a consent object is refused. */
  readonly consentRequired?: boolean;
  /** Largest `page_size` that this caller may ask for. */
  readonly maxPageSize: number;
  /** Whether doubts are refused that are read past otherwise. */
  readonly strict: boolean;
  /** What can be asked for; absent: what is part of the program. */
  readonly catalogue?: Catalogue;
}
