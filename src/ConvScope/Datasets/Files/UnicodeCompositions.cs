namespace ConvScope.Datasets.Files;

/// <summary>
/// Letters and marks that stand for one letter: Unicode's canonical compositions of two code points below U+10000, and Hangul. .NET has none of them where globalization is invariant, as it is in the tool.
/// </summary>
internal static class UnicodeCompositions
{
    private static readonly Dictionary<char, (string Letters, string Composed)> _byMark = new()
    {
        ['\u0300'] = (
            "AEIOUaeiouÜüNnЕИеиĒēŌōWwÂâĂăÊêÔôƠơƯưYyἀἁἈἉἐἑἘἙἠἡἨἩἰἱἸἹὀὁὈὉὐὑὙὠὡὨὩαεηιουωΑΕΗ\u1fbfϊΙ\u1ffeϋΥ\u00a8ΟΩ",
            "ÀÈÌÒÙàèìòùǛǜǸǹЀЍѐѝḔḕṐṑẀẁẦầẰằỀềỒồỜờỪừỲỳἂἃἊἋἒἓἚἛἢἣἪἫἲἳἺἻὂὃὊὋὒὓὛὢὣὪὫὰὲὴὶὸὺὼᾺῈῊ\u1fcdῒῚ\u1fddῢῪ\u1fedῸῺ"),
        ['\u0301'] = (
            "AEIOUYaeiouyCcLlNnRrSsZzÜüGgÅåÆæØø\u00a8ΑΕΗΙΟΥΩϊαεηιϋουωϒГКгкÇçĒēÏïKkMmÕõŌōPpŨũWwÂâĂăÊêÔôƠơƯưἀἁἈἉἐἑἘἙἠἡἨἩἰἱἸἹὀὁὈὉὐὑὙὠὡὨὩ\u1fbf\u1ffe",
            "ÁÉÍÓÚÝáéíóúýĆćĹĺŃńŔŕŚśŹźǗǘǴǵǺǻǼǽǾǿ\u0385ΆΈΉΊΌΎΏΐάέήίΰόύώϓЃЌѓќḈḉḖḗḮḯḰḱḾḿṌṍṒṓṔṕṸṹẂẃẤấẮắẾếỐốỚớỨứἄἅἌἍἔἕἜἝἤἥἬἭἴἵἼἽὄὅὌὍὔὕὝὤὥὬὭ\u1fce\u1fde"),
        ['\u0302'] = ("AEIOUaeiouCcGgHhJjSsWwYyZzẠạẸẹỌọ", "ÂÊÎÔÛâêîôûĈĉĜĝĤĥĴĵŜŝŴŵŶŷẐẑẬậỆệỘộ"),
        ['\u0303'] = ("ANOanoIiUuVvÂâĂăEeÊêÔôƠơƯưYy", "ÃÑÕãñõĨĩŨũṼṽẪẫẴẵẼẽỄễỖỗỠỡỮữỸỹ"),
        ['\u0304'] = ("AaEeIiOoUuÜüÄäȦȧÆæǪǫÖöÕõȮȯYyИиУуGgḶḷṚṛαΑιΙυΥ", "ĀāĒēĪīŌōŪūǕǖǞǟǠǡǢǣǬǭȪȫȬȭȰȱȲȳӢӣӮӯḠḡḸḹṜṝᾱᾹῑῙῡῩ"),
        ['\u0306'] = ("AaEeGgIiOoUuУИиуЖжАаЕеȨȩẠạαΑιΙυΥ", "ĂăĔĕĞğĬĭŎŏŬŭЎЙйўӁӂӐӑӖӗḜḝẶặᾰᾸῐῘῠῨ"),
        ['\u0307'] = ("CcEeGgIZzAaOoBbDdFfHhMmNnPpRrSsŚśŠšṢṣTtWwXxYyſ", "ĊċĖėĠġİŻżȦȧȮȯḂḃḊḋḞḟḢḣṀṁṄṅṖṗṘṙṠṡṤṥṦṧṨṩṪṫẆẇẊẋẎẏẛ"),
        ['\u0308'] = ("AEIOUaeiouyYΙΥιυϒЕІеіАаӘәЖжЗзИиОоӨөЭэУуЧчЫыHhÕõŪūWwXxt", "ÄËÏÖÜäëïöüÿŸΪΫϊϋϔЁЇёїӒӓӚӛӜӝӞӟӤӥӦӧӪӫӬӭӰӱӴӵӸӹḦḧṎṏṺṻẄẅẌẍẗ"),
        ['\u0309'] = ("AaÂâĂăEeÊêIiOoÔôƠơUuƯưYy", "ẢảẨẩẲẳẺẻỂểỈỉỎỏỔổỞởỦủỬửỶỷ"),
        ['\u030a'] = ("AaUuwy", "ÅåŮůẘẙ"),
        ['\u030b'] = ("OoUuУу", "ŐőŰűӲӳ"),
        ['\u030c'] = ("CcDdEeLlNnRrSsTtZzAaIiOoUuÜüGgKkƷʒjHh", "ČčĎďĚěĽľŇňŘřŠšŤťŽžǍǎǏǐǑǒǓǔǙǚǦǧǨǩǮǯǰȞȟ"),
        ['\u030f'] = ("AaEeIiOoRrUuѴѵ", "ȀȁȄȅȈȉȌȍȐȑȔȕѶѷ"),
        ['\u0311'] = ("AaEeIiOoRrUu", "ȂȃȆȇȊȋȎȏȒȓȖȗ"),
        ['\u0313'] = ("αΑεΕηΗιΙοΟυωΩρ", "ἀἈἐἘἠἨἰἸὀὈὐὠὨῤ"),
        ['\u0314'] = ("αΑεΕηΗιΙοΟυΥωΩρΡ", "ἁἉἑἙἡἩἱἹὁὉὑὙὡὩῥῬ"),
        ['\u031b'] = ("OoUu", "ƠơƯư"),
        ['\u0323'] = ("BbDdHhKkLlMmNnRrSsTtVvWwZzAaEeIiOoƠơUuƯưYy", "ḄḅḌḍḤḥḲḳḶḷṂṃṆṇṚṛṢṣṬṭṾṿẈẉẒẓẠạẸẹỊịỌọỢợỤụỰựỴỵ"),
        ['\u0324'] = ("Uu", "Ṳṳ"),
        ['\u0325'] = ("Aa", "Ḁḁ"),
        ['\u0326'] = ("SsTt", "ȘșȚț"),
        ['\u0327'] = ("CcGgKkLlNnRrSsTtEeDdHh", "ÇçĢģĶķĻļŅņŖŗŞşŢţȨȩḐḑḨḩ"),
        ['\u0328'] = ("AaEeIiUuOo", "ĄąĘęĮįŲųǪǫ"),
        ['\u032d'] = ("DdEeLlNnTtUu", "ḒḓḘḙḼḽṊṋṰṱṶṷ"),
        ['\u032e'] = ("Hh", "Ḫḫ"),
        ['\u0330'] = ("EeIiUu", "ḚḛḬḭṴṵ"),
        ['\u0331'] = ("BbDdKkLlNnRrTtZzh", "ḆḇḎḏḴḵḺḻṈṉṞṟṮṯẔẕẖ"),
        ['\u0338'] = (
            "\u2190\u2192\u2194\u21d0\u21d4\u21d2\u2203\u2208\u220b\u2223\u2225\u223c\u2243\u2245\u2248\u003d\u2261\u224d\u003c\u003e\u2264\u2265\u2272\u2273\u2276"
            + "\u2277\u227a\u227b\u2282\u2283\u2286\u2287\u22a2\u22a8\u22a9\u22ab\u227c\u227d\u2291\u2292\u22b2\u22b3\u22b4\u22b5",
            "\u219a\u219b\u21ae\u21cd\u21ce\u21cf\u2204\u2209\u220c\u2224\u2226\u2241\u2244\u2247\u2249\u2260\u2262\u226d\u226e\u226f\u2270\u2271\u2274\u2275\u2278"
            + "\u2279\u2280\u2281\u2284\u2285\u2288\u2289\u22ac\u22ad\u22ae\u22af\u22e0\u22e1\u22e2\u22e3\u22ea\u22eb\u22ec\u22ed"),
        ['\u0342'] = ("ἀἁἈἉἠἡἨἩἰἱἸἹὐὑὙὠὡὨὩα\u00a8η\u1fbfιϊ\u1ffeυϋω", "ἆἇἎἏἦἧἮἯἶἷἾἿὖὗὟὦὧὮὯᾶ\u1fc1ῆ\u1fcfῖῗ\u1fdfῦῧῶ"),
        ['\u0345'] = ("ἀἁἂἃἄἅἆἇἈἉἊἋἌἍἎἏἠἡἢἣἤἥἦἧἨἩἪἫἬἭἮἯὠὡὢὣὤὥὦὧὨὩὪὫὬὭὮὯὰαάᾶΑὴηήῆΗὼωώῶΩ", "ᾀᾁᾂᾃᾄᾅᾆᾇᾈᾉᾊᾋᾌᾍᾎᾏᾐᾑᾒᾓᾔᾕᾖᾗᾘᾙᾚᾛᾜᾝᾞᾟᾠᾡᾢᾣᾤᾥᾦᾧᾨᾩᾪᾫᾬᾭᾮᾯᾲᾳᾴᾷᾼῂῃῄῇῌῲῳῴῷῼ"),
        ['\u0653'] = ("ا", "آ"),
        ['\u0654'] = ("اويەہے", "أؤئۀۂۓ"),
        ['\u0655'] = ("ا", "إ"),
        ['\u093c'] = ("नरळ", "ऩऱऴ"),
        ['\u09be'] = ("\u09c7", "\u09cb"),
        ['\u09d7'] = ("\u09c7", "\u09cc"),
        ['\u0b3e'] = ("\u0b47", "\u0b4b"),
        ['\u0b56'] = ("\u0b47", "\u0b48"),
        ['\u0b57'] = ("\u0b47", "\u0b4c"),
        ['\u0bbe'] = ("\u0bc6\u0bc7", "\u0bca\u0bcb"),
        ['\u0bd7'] = ("ஒ\u0bc6", "ஔ\u0bcc"),
        ['\u0c56'] = ("\u0c46", "\u0c48"),
        ['\u0cc2'] = ("\u0cc6", "\u0cca"),
        ['\u0cd5'] = ("\u0cbf\u0cc6\u0cca", "\u0cc0\u0cc7\u0ccb"),
        ['\u0cd6'] = ("\u0cc6", "\u0cc8"),
        ['\u0d3e'] = ("\u0d46\u0d47", "\u0d4a\u0d4b"),
        ['\u0d57'] = ("\u0d46", "\u0d4c"),
        ['\u0dca'] = ("\u0dd9\u0ddc", "\u0dda\u0ddd"),
        ['\u0dcf'] = ("\u0dd9", "\u0ddc"),
        ['\u0ddf'] = ("\u0dd9", "\u0dde"),
        ['\u102e'] = ("ဥ", "ဦ"),
        ['\u1b35'] = ("ᬅᬇᬉᬋᬍᬑ\u1b3a\u1b3c\u1b3e\u1b3f\u1b42", "ᬆᬈᬊᬌᬎᬒ\u1b3b\u1b3d\u1b40\u1b41\u1b43"),
        ['\u3099'] = (
            "\u304b\u304d\u304f\u3051\u3053\u3055\u3057\u3059\u305b\u305d\u305f\u3061\u3064\u3066\u3068\u306f\u3072\u3075\u3078\u307b\u3046\u309d\u30ab\u30ad\u30af"
            + "\u30b1\u30b3\u30b5\u30b7\u30b9\u30bb\u30bd\u30bf\u30c1\u30c4\u30c6\u30c8\u30cf\u30d2\u30d5\u30d8\u30db\u30a6\u30ef\u30f0\u30f1\u30f2\u30fd",
            "\u304c\u304e\u3050\u3052\u3054\u3056\u3058\u305a\u305c\u305e\u3060\u3062\u3065\u3067\u3069\u3070\u3073\u3076\u3079\u307c\u3094\u309e\u30ac\u30ae\u30b0"
            + "\u30b2\u30b4\u30b6\u30b8\u30ba\u30bc\u30be\u30c0\u30c2\u30c5\u30c7\u30c9\u30d0\u30d3\u30d6\u30d9\u30dc\u30f4\u30f7\u30f8\u30f9\u30fa\u30fe"),
        ['\u309a'] = ("\u306f\u3072\u3075\u3078\u307b\u30cf\u30d2\u30d5\u30d8\u30db", "\u3071\u3074\u3077\u307a\u307d\u30d1\u30d4\u30d7\u30da\u30dd"),
    };

    /// <summary>The letter that a letter and a mark behind it stand for; null where they are two.</summary>
    public static char? Compose(char letter, char mark)
    {
        if (_byMark.TryGetValue(mark, out var marked))
            return marked.Letters.IndexOf(letter) is var index and >= 0 ? marked.Composed[index] : null;
        if (letter is >= '\u1100' and <= '\u1112' && mark is >= '\u1161' and <= '\u1175')
            return (char)(0xac00 + ((letter - 0x1100) * 21 + (mark - 0x1161)) * 28); // Hangul: consonant and vowel
        return letter is >= '\uac00' and <= '\ud7a3' && (letter - 0xac00) % 28 == 0 && mark is > '\u11a7' and <= '\u11c2' ? (char)(letter + mark - 0x11a7) : null; // and the last consonant
    }
}
