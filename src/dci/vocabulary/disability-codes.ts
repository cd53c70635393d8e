import type { CodeList } from './code-list.js';

/** `DisabilityStatusEnum` */
export const DISABILITY_STATUS: CodeList = { '0': ['Approved'], '1': ['Pending'], '2': ['Expired'] };

/** `DisabilityLevelEnum`: the heavier, the lower. */
export const DISABILITY_LEVEL: CodeList = {
  '1': [
    'High Support Needs (sometimes called very severe or profound)',
    'High Support Needs',
    'very severe',
    'profound',
  ],
  '2': ['Severe'],
  '3': ['Moderate'],
  '4': ['Mild'],
};

/** `ImpairmentLevel`: the heavier, the higher. */
export const IMPAIRMENT_LEVEL: CodeList = {
  '1': ['Mild', 'Mild impairment or difficulty'],
  '2': ['Moderate', 'Moderate impairment or difficulty'],
  '3': ['Severe', 'Severe impairment or difficulty'],
  '4': ['Extreme', 'Extreme impairment or difficulty'],
};

/** `ImpairementType` (sic) */
export const IMPAIRMENT_TYPE: CodeList = {
  '1': ['Vision'],
  '2': ['Hearing'],
  '3': ['Mobility', 'Physical and movement related functions'],
  '4': ['Cognitive'],
  '5': ['Speech'],
  '6': ['Mental'],
};

/** `ImpairmentCause` */
export const IMPAIRMENT_CAUSE: CodeList = {
  '0': ['Birth congenital', 'congenital'],
  '1': ['Birth complication'],
  '2': ['Illness'],
  '3': ['Domestic accident'],
  '4': ['Road accident'],
  '5': ['Work accident'],
  '6': ['Violence'],
  '7': ['Armed conflict'],
  '8': ['Ageing'],
};

/** `DisabilityOnSet` */
export const AGE_ON_SET: CodeList = {
  '0': ['Born with'],
  '1': ['Childhood'],
  '2': ['Working age'],
  '3': ['Old age'],
};

/** `HousingType` */
export const HOUSING_TYPE: CodeList = {
  '1': ['Own home/rent', 'own home', 'rent'],
  '2': ["Living in relatives' home", 'relatives'],
  '3': ['Social housing'],
  '4': ['Care institution', 'institution'],
};

/** `TransportRequirement`; the last one is misspelt in the list itself. */
export const TRANSPORT_REQUIREMENT: CodeList = {
  '0': ['Public transportation', 'public transport'],
  '1': ['Point to point transportation', 'point to point'],
  '2': ['Adaptable vehical', 'adaptable vehicle'],
};

/**
 * `disability_limitation_type` of the social registry for each impairment type. Mental impairments have none there:
 * the list asks for functions, not for causes.
 */
export const LIMITATION_OF_IMPAIRMENT: Readonly<Record<string, string>> = {
  '1': 'VIS_SS',
  '2': 'HEAR_SS',
  '3': 'MOB_SS',
  '4': 'COG_SS',
  '5': 'COM_SS',
};

/** `functional_severity` of the social registry (2 some, 3 a lot of difficulty, 4 cannot) for each impairment level. */
export const SEVERITY_OF_IMPAIRMENT: Readonly<Record<string, string>> = { '1': '2', '2': '2', '3': '3', '4': '4' };
