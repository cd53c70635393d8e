import type { CodeList } from './code-list.js';

/** `FarmTypeEnum` */
export const FARM_TYPE: CodeList = {
  '1': ['Small subsistence-oriented farms'],
  '2': ['Small semi-subsistence or part-commercial farms'],
  '3': ['Small independent specialized farms'],
  '4': ['Small dependent specialized farms'],
  '5': ['Large commercial farms'],
  '6': ['Commercial estates'],
};

/** `LandTenureEnum`, which gives 1 to two kinds: the second of them keeps its label, as a code would not tell them apart. */
export const LAND_TENURE: CodeList = {
  '1': ['Owner', 'owned'],
  '2': ['Leased (Rented from someone else)', 'leased', 'rented'],
  '3': ['Adverse possession or prescription'],
  '4': ['Sharecropping'],
  '5': ['Inheritance'],
  '6': ['Holdings without land'],
};

/** `MeasurmentUnitEnum` (sic) */
export const MEASUREMENT_UNIT: CodeList = {
  '0': ['H', 'Hectar', 'hectare', 'hectares', 'ha'],
  '1': ['AC', 'Acre', 'acres'],
  '2': ['SQM', 'Square Meter'],
  '3': ['SQKM', 'Square Kilometer'],
  '4': ['SQF', 'Square Foot'],
  '5': ['SQY', 'Square Yard'],
  '6': ['DU', 'Dunam'],
};

/** Hectares of one unit of each measure. */
export const HECTARES: Readonly<Record<string, number>> = {
  '0': 1,
  '1': 0.40468564224,
  '2': 0.0001,
  '3': 100,
  '4': 0.000009290304,
  '5': 0.000083612736,
  '6': 0.1,
};

/** `CropTypeEnum` */
export const CROP_TYPE: CodeList = {
  '1': ['Cereals'],
  '2': ['Vegetables and melons'],
  '3': ['Fruit and nuts'],
  '4': ['Oilseed crops and oleaginous fruits'],
  '5': ['Root/tuber crops with high starch or inulin content'],
  '6': ['Stimulant, spice and aromatic crops'],
  '7': ['Leguminous crops'],
  '8': ['Sugar crops'],
  '9': ['Other crops'],
};

/** `IrrigationWaterEnum` */
export const IRRIGATION_WATER: CodeList = {
  '1': ['Surface water'],
  '2': ['Groundwater'],
  '3': ['Mixed surface water and groundwater'],
  '4': ['Municipal water supply'],
  '5': ['Treated or not-treated wastewater'],
  '6': ['Agricultural drainage water'],
  '7': ['Desalinated water'],
  '8': ['other'],
};
