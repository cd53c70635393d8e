import type { CodeList } from './code-list.js';

/** `MaritalStatusEnum` */
export const MARITAL_STATUS: CodeList = {
  S: ['Never married', 'single'],
  M: ['Married'],
  W: ['Widow', 'widowed', 'widower'],
  A: ['Annulled'],
  D: ['Divorced'],
  L: ['Legally separated', 'separated'],
  U: ['Unmarried'],
};

/** `AssistanceUnit`, also what kind of group a group is. */
export const ASSISTANCE_UNIT: CodeList = {
  '1': ['Member', 'individual', 'person'],
  '2': ['Household'],
  '3': ['Family'],
};

/** `EmploymentStatusEnum` */
export const EMPLOYMENT_STATUS: CodeList = {
  '1': ['Employed'],
  '2': ['Not employed', 'unemployed'],
  '3': ['Unknown'],
  '4': ['Paid employment: Employee', 'employee'],
  '5': ['Self employment: Employers', 'employer'],
  '6': ['Self employment: Own-account workers', 'own-account worker'],
  '7': ["Self employment: Members of producers' cooperatives"],
  '8': ['Self employment: Contributing family workers', 'contributing family worker'],
};

/** `EducationCode` */
export const EDUCATION_LEVEL: CodeList = {
  '0': ['Early childhood education'],
  '1': ['Primary education', 'primary'],
  '2': ['Lower secondary education', 'lower secondary'],
  '3': ['Upper secondary education', 'upper secondary', 'high school'],
  '4': ['Post-secondary non-tertiary education'],
  '5': ['Short-cycle tertiary education'],
  '6': ["Bachelor's or equivalent", 'bachelor'],
  '7': ["Master's or equivalent", 'master'],
  '8': ['Doctorate or equivalent', 'doctorate'],
};

/** `OccupationEnum` */
export const OCCUPATION: CodeList = {
  '0': ['Armed forces occupation'],
  '1': ['Manager'],
  '2': ['Professional'],
  '3': ['Technician and associate professional', 'technician'],
  '4': ['Clerical support worker'],
  '5': ['Service and sales worker'],
  '6': ['Skilled agricultural, forestry and fishery worker'],
  '7': ['Craft and related trades worker'],
  '8': ['Plant and machine operator, and assembler'],
  '9': ['Elementary occupation'],
};
