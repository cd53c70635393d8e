import type { CodeList } from './code-list.js';

/** `EnrollmentStatusEnum` */
export const ENROLMENT_STATUS: CodeList = {
  '1': ['Active'],
  '2': ['Deceased'],
  '3': ['Graduated'],
  '4': ['Suspended'],
};

/** `BenefitTypeEnum` */
export const BENEFIT_TYPE: CodeList = {
  '1': ['Cash'],
  '2': ['Voucher'],
  '3': ['In-kind'],
  '4': ['Training'],
  '5': ['Work Opportunity'],
  '6': ['Insurance'],
};
