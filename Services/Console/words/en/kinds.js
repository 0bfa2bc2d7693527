// @ts-check
/** The words of the services' own vocabularies in English. */

export const segments = {
  champions: "Champions",
  potentialLoyalist: "Potential loyalists",
  loyalCustomers: "Loyal customers",
  promising: "Promising",
  newCustomers: "New customers",
  cannotLoseThem: "Cannot lose them",
  atRisk: "At risk",
  needAttention: "Need attention",
  aboutToSleep: "About to sleep",
  lost: "Lost",
  others: "Others",
};

export const segmentTexts = {
  champions: "bought lately, often and most",
  potentialLoyalist: "bought lately and more than once",
  loyalCustomers: "buy regularly",
  promising: "bought lately, seldom, for much",
  newCustomers: "bought lately for the first times",
  cannotLoseThem: "bought often and for much, long ago",
  atRisk: "bought for much, long ago",
  needAttention: "bought often and for much, begin to stay away",
  aboutToSleep: "bought seldom, begin to stay away",
  lost: "bought longest ago",
  others: "none of these",
};

export const kinds = {
  email: "e-mail address",
  phone: "phone number",
  user: "account",
  anonymous: "browser",
  loyaltyCard: "loyalty card",
  social: "social account",
  erp: "ERP party",
};

export const statuses = { placed: "placed", fulfilled: "fulfilled", cancelled: "cancelled", returned: "returned" };

export const jobStates = {
  queued: "queued", running: "running", succeeded: "succeeded", failed: "failed", cancelled: "cancelled",
};

export const purposes = { service: "service", marketing: "marketing", profiling: "profiling" };

export const traits = {
  givenName: "given name", familyName: "family name", name: "name", dateOfBirth: "date of birth", street: "street",
  streetNumber: "street number", building: "building", locality: "locality", city: "city", region: "region",
  postalCode: "postal code", country: "country", nationalId: "national id", email: "e-mail", phone: "phone",
};

export const happenings = {
  "profile-created": "Record came up",
  "profile-updated": "Record changed",
  "link-created": "Linked",
  "link-removed": "Link removed",
  "link-refused": "Not linked",
  "consent-granted": "Consent given",
  "consent-withdrawn": "Consent withdrawn",
  "points-earned": "Points earned",
  "points-burned": "Points spent",
  "points-reversed": "Points reversed",
  "order-placed": "Ordered",
  "order-fulfilled": "Order carried out",
  "order-cancelled": "Order cancelled",
  "order-returned": "Order returned",
  "event-track": "Event",
  "event-page": "Looked at",
  "event-screen": "Looked at",
  "event-identify": "Signed in",
  "event-group": "Joined",
  "event-alias": "Was renamed",
};
