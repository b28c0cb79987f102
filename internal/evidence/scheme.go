package evidence

// Scheme names a space of identifiers and how its values are normalised.
type Scheme string

// The schemes. [Schemes] returns them with their documentation.
const (
	SchemeASN     Scheme = "asn"
	SchemePrefix  Scheme = "prefix"
	SchemeIP      Scheme = "ip"
	SchemeDomain  Scheme = "domain"
	SchemeAndroid Scheme = "android"
	SchemeIOS     Scheme = "ios"
	SchemeCert    Scheme = "cert"
	SchemeDex     Scheme = "dex"
	SchemeNative  Scheme = "native"
	SchemeCompany Scheme = "company"
	SchemeLEI     Scheme = "lei"
	SchemeCountry Scheme = "country"
	SchemeReg     Scheme = "reg"
	SchemeRegion  Scheme = "region"
	SchemeCable   Scheme = "cable"
)

// SchemeInfo documents a scheme; docs/ lists all of them.
type SchemeInfo struct {
	Scheme  Scheme
	Example string // a canonical identifier
	Doc     string // what a value is, and its source
	accepts string // other spellings that are normalised
}

// Accepts lists other spellings that the scheme normalises.
func (s SchemeInfo) Accepts() string { return s.accepts }

// Schemes returns every scheme, in alphabetical order.
func Schemes() []SchemeInfo {
	return []SchemeInfo{
		{SchemeAndroid, "android:com.tencent.mm", "application id of an Android app", ""},
		{SchemeASN, "asn:4134", "AS number, 32 bits (RFC 6793)", "AS4134, 1.10 (asdot, RFC 5396)"},
		{SchemeCable, "cable:faster", "slug of an undersea cable system", "upper case, spaces"},
		{SchemeCert, "cert:a40da80a59d170caa950cf15c18c454d47a39b26989d8b640ecd745ba71bf5dc",
			"SHA-256 of a certificate's DER bytes", "upper case, colons between bytes"},
		{SchemeCompany, "company:huawei", "slug of a company in the registry", "upper case, spaces"},
		{SchemeCountry, "country:DE", "country or territory (ISO 3166-1 alpha-2)", "lower case"},
		{SchemeDex, "dex:com.bytedance", "prefix of Java or Kotlin class names, at a dot",
			"com/bytedance, Lcom/bytedance/Foo;"},
		{SchemeDomain, "domain:example.org", "domain name and all below it (RFC 1034), in A-labels (RFC 5890)",
			"upper case, a trailing dot, U-labels"},
		{SchemeIOS, "ios:com.example.app", "bundle identifier of an Apple app", ""},
		{SchemeIP, "ip:192.0.2.1", "IP address (RFC 5952 text)", "IPv4-mapped IPv6, upper case"},
		{SchemeLEI, "lei:529900T8BM49AURSDO55", "legal entity identifier (ISO 17442)", "lower case"},
		{SchemeNative, "native:libbugly.so", "file name of a native library", "upper case, without .so"},
		{SchemePrefix, "prefix:192.0.2.0/24", "block of IP addresses", "host bits set, an address alone"},
		{SchemeReg, "reg:us-sec-cik/1018724",
			"number of a company in a register: the register's slug or code, a slash, the number", "upper case before the slash, spaces around"},
		{SchemeRegion, "region:cn-hangzhou", "region of a cloud, as its provider names it", "upper case"},
	}
}

// example returns the canonical identifier that shows how one is written.
func (s Scheme) example() string {
	for _, info := range Schemes() {
		if info.Scheme == s {
			return info.Example
		}
	}
	return ""
}

// normaliser returns how values of the scheme are normalised, false for an
// unknown one. It is a switch because it runs for every identifier of files
// that hold millions, where looking through a table would be felt.
func (s Scheme) normaliser() (func(string) (string, error), bool) {
	switch s {
	case SchemeAndroid, SchemeIOS:
		return normDotted, true
	case SchemeASN:
		return normASN, true
	case SchemeCable, SchemeCompany, SchemeRegion:
		return normSlug, true
	case SchemeCert:
		return normSHA256, true
	case SchemeCountry:
		return normCountry, true
	case SchemeDex:
		return normDex, true
	case SchemeDomain:
		return normDomain, true
	case SchemeIP:
		return normIP, true
	case SchemeLEI:
		return normLEI, true
	case SchemeNative:
		return normNative, true
	case SchemePrefix:
		return normPrefix, true
	case SchemeReg:
		return normReg, true
	}
	return nil, false
}
