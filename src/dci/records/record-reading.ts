import type { RecordIssue, RecordIssueCode } from '../../record/individual-record.js';
import type { RecordForm } from '../dialects/dialect.js';

/** What reading one record needs to know and what it found wrong on the way. */
export class RecordReading {
  readonly issues: RecordIssue[] = [];
  readonly absentWords: readonly string[];
  readonly addressGaps: readonly string[];
  private prefix = '';

  constructor(
    form: RecordForm,
    /** `YYYY-MM-DD`. */
    readonly today: string,
  ) {
    this.absentWords = form.absentWords;
    this.addressGaps = form.addressGaps;
  }

  note(field: string, code: RecordIssueCode, message: string): void {
    this.issues.push({ field: this.prefix + field, code, message });
  }

  /** Issues noted meanwhile are those of a relative: `mother.name`. */
  within<T>(relative: string, read: () => T): T {
    const outer = this.prefix;
    this.prefix = `${outer}${relative}.`;
    try {
      return read();
    } finally {
      this.prefix = outer;
    }
  }
}
