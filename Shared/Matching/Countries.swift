/// Countries by what they are called: the codes of ISO 3166-1, their English names, and those that forms in
/// other languages bring most.
enum Countries {
  /// The two letters of a country that is written as words, in lower case; nil for none that is known.
  static func code(of words: String) -> String? { codes[words] }

  private static let codes: [String: String] = {
    var codes: [String: String] = [:]
    for line in table.split(separator: "\n") {
      let code = line.prefix(2).lowercased()
      codes[code] = code
      codes[line.dropFirst(3).prefix(3).lowercased()] = code
      for name in line.dropFirst(7).split(separator: "|") {
        codes[Normalisation.words(String(name), apart: true)] = code
      }
    }
    return codes
  }()

  private static let table = """
    AD AND Andorra
    AE ARE United Arab Emirates
    AF AFG Afghanistan
    AG ATG Antigua and Barbuda
    AI AIA Anguilla
    AL ALB Albania
    AM ARM Armenia
    AO AGO Angola
    AQ ATA Antarctica
    AR ARG Argentina
    AS ASM American Samoa
    AT AUT Austria|Österreich|Autriche|Oesterreich
    AU AUS Australia|Australien
    AW ABW Aruba
    AX ALA Åland Islands
    AZ AZE Azerbaijan
    BA BIH Bosnia and Herzegovina
    BB BRB Barbados
    BD BGD Bangladesh
    BE BEL Belgium|Belgien|Belgique|België
    BF BFA Burkina Faso
    BG BGR Bulgaria
    BH BHR Bahrain
    BI BDI Burundi
    BJ BEN Benin
    BL BLM Saint Barthélemy
    BM BMU Bermuda
    BN BRN Brunei Darussalam|Brunei
    BO BOL Bolivia
    BQ BES Bonaire, Sint Eustatius and Saba
    BR BRA Brazil|Brasil|Brasilien
    BS BHS Bahamas
    BT BTN Bhutan
    BV BVT Bouvet Island
    BW BWA Botswana
    BY BLR Belarus
    BZ BLZ Belize
    CA CAN Canada|Kanada
    CC CCK Cocos (Keeling) Islands
    CD COD Democratic Republic of the Congo
    CF CAF Central African Republic
    CG COG Congo
    CH CHE Switzerland|Schweiz|Suisse|Svizzera
    CI CIV Côte d'Ivoire|Ivory Coast
    CK COK Cook Islands
    CL CHL Chile
    CM CMR Cameroon
    CN CHN China|PRC
    CO COL Colombia
    CR CRI Costa Rica
    CU CUB Cuba
    CV CPV Cabo Verde|Cape Verde
    CW CUW Curaçao
    CX CXR Christmas Island
    CY CYP Cyprus
    CZ CZE Czechia|Czech Republic|Tschechien|Česko
    DE DEU Germany|Deutschland|Allemagne|Alemania|Duitsland|Federal Republic of Germany
    DJ DJI Djibouti
    DK DNK Denmark|Dänemark|Danmark
    DM DMA Dominica
    DO DOM Dominican Republic
    DZ DZA Algeria
    EC ECU Ecuador
    EE EST Estonia
    EG EGY Egypt
    EH ESH Western Sahara
    ER ERI Eritrea
    ES ESP Spain|Spanien|España|Espagne
    ET ETH Ethiopia
    FI FIN Finland|Finnland|Suomi
    FJ FJI Fiji
    FK FLK Falkland Islands (Malvinas)
    FM FSM Micronesia
    FO FRO Faroe Islands
    FR FRA France|Frankreich|Francia
    GA GAB Gabon
    GB GBR United Kingdom|UK|Great Britain|England|Scotland|Wales|Northern Ireland|Vereinigtes Königreich|Großbritannien|U.K.
    GD GRD Grenada
    GE GEO Georgia
    GF GUF French Guiana
    GG GGY Guernsey
    GH GHA Ghana
    GI GIB Gibraltar
    GL GRL Greenland
    GM GMB Gambia
    GN GIN Guinea
    GP GLP Guadeloupe
    GQ GNQ Equatorial Guinea
    GR GRC Greece|Griechenland|Hellas
    GS SGS South Georgia and the South Sandwich Islands
    GT GTM Guatemala
    GU GUM Guam
    GW GNB Guinea-Bissau
    GY GUY Guyana
    HK HKG Hong Kong
    HM HMD Heard Island and McDonald Islands
    HN HND Honduras
    HR HRV Croatia|Kroatien|Hrvatska
    HT HTI Haiti
    HU HUN Hungary|Ungarn|Magyarország
    ID IDN Indonesia
    IE IRL Ireland|Irland|Éire
    IL ISR Israel
    IM IMN Isle of Man
    IN IND India|Indien
    IO IOT British Indian Ocean Territory
    IQ IRQ Iraq
    IR IRN Iran
    IS ISL Iceland|Island
    IT ITA Italy|Italien|Italia|Italie
    JE JEY Jersey
    JM JAM Jamaica
    JO JOR Jordan
    JP JPN Japan|Nippon
    KE KEN Kenya
    KG KGZ Kyrgyzstan
    KH KHM Cambodia
    KI KIR Kiribati
    KM COM Comoros
    KN KNA Saint Kitts and Nevis
    KP PRK North Korea
    KR KOR South Korea|Südkorea
    KW KWT Kuwait
    KY CYM Cayman Islands
    KZ KAZ Kazakhstan
    LA LAO Laos|Lao People's Democratic Republic
    LB LBN Lebanon
    LC LCA Saint Lucia
    LI LIE Liechtenstein
    LK LKA Sri Lanka
    LR LBR Liberia
    LS LSO Lesotho
    LT LTU Lithuania
    LU LUX Luxembourg|Luxemburg
    LV LVA Latvia
    LY LBY Libya
    MA MAR Morocco
    MC MCO Monaco
    MD MDA Moldova
    ME MNE Montenegro
    MF MAF Saint Martin (French part)
    MG MDG Madagascar
    MH MHL Marshall Islands
    MK MKD North Macedonia|Macedonia
    ML MLI Mali
    MM MMR Myanmar|Burma
    MN MNG Mongolia
    MO MAC Macao
    MP MNP Northern Mariana Islands
    MQ MTQ Martinique
    MR MRT Mauritania
    MS MSR Montserrat
    MT MLT Malta
    MU MUS Mauritius
    MV MDV Maldives
    MW MWI Malawi
    MX MEX Mexico|México|Mexiko
    MY MYS Malaysia
    MZ MOZ Mozambique
    NA NAM Namibia
    NC NCL New Caledonia
    NE NER Niger
    NF NFK Norfolk Island
    NG NGA Nigeria
    NI NIC Nicaragua
    NL NLD Netherlands|Niederlande|Holland|Nederland|Pays-Bas|The Netherlands
    NO NOR Norway|Norwegen|Norge
    NP NPL Nepal
    NR NRU Nauru
    NU NIU Niue
    NZ NZL New Zealand
    OM OMN Oman
    PA PAN Panama
    PE PER Peru
    PF PYF French Polynesia
    PG PNG Papua New Guinea
    PH PHL Philippines
    PK PAK Pakistan
    PL POL Poland|Polen|Polska|Pologne
    PM SPM Saint Pierre and Miquelon
    PN PCN Pitcairn
    PR PRI Puerto Rico
    PS PSE Palestine
    PT PRT Portugal
    PW PLW Palau
    PY PRY Paraguay
    QA QAT Qatar
    RE REU Réunion
    RO ROU Romania|Rumänien|România
    RS SRB Serbia
    RU RUS Russian Federation|Russia|Russland
    RW RWA Rwanda
    SA SAU Saudi Arabia
    SB SLB Solomon Islands
    SC SYC Seychelles
    SD SDN Sudan
    SE SWE Sweden|Schweden|Sverige
    SG SGP Singapore
    SH SHN Saint Helena, Ascension and Tristan da Cunha
    SI SVN Slovenia
    SJ SJM Svalbard and Jan Mayen
    SK SVK Slovakia
    SL SLE Sierra Leone
    SM SMR San Marino
    SN SEN Senegal
    SO SOM Somalia
    SR SUR Suriname
    SS SSD South Sudan
    ST STP Sao Tome and Principe
    SV SLV El Salvador
    SX SXM Sint Maarten (Dutch part)
    SY SYR Syria|Syrian Arab Republic
    SZ SWZ Eswatini|Swaziland
    TC TCA Turks and Caicos Islands
    TD TCD Chad
    TF ATF French Southern Territories
    TG TGO Togo
    TH THA Thailand
    TJ TJK Tajikistan
    TK TKL Tokelau
    TL TLS Timor-Leste
    TM TKM Turkmenistan
    TN TUN Tunisia
    TO TON Tonga
    TR TUR Türkiye|Turkey|Türkei
    TT TTO Trinidad and Tobago
    TV TUV Tuvalu
    TW TWN Taiwan
    TZ TZA Tanzania
    UA UKR Ukraine
    UG UGA Uganda
    UM UMI United States Minor Outlying Islands
    US USA United States|USA|United States of America|America|Vereinigte Staaten|Etats-Unis|U.S.A.|U.S.
    UY URY Uruguay
    UZ UZB Uzbekistan
    VA VAT Holy See (Vatican City State)|Vatican
    VC VCT Saint Vincent and the Grenadines
    VE VEN Venezuela
    VG VGB Virgin Islands, British
    VI VIR Virgin Islands, U.S.
    VN VNM Vietnam|Viet Nam
    VU VUT Vanuatu
    WF WLF Wallis and Futuna
    WS WSM Samoa
    YE YEM Yemen
    YT MYT Mayotte
    ZA ZAF South Africa
    ZM ZMB Zambia
    ZW ZWE Zimbabwe
    """
}
