extension NameTable {
    static func table(of culture: Culture) -> NameTable {
        switch culture {
        case .english: english
        case .german: german
        case .french: french
        case .spanish: spanish
        case .portuguese: portuguese
        case .italian: italian
        case .dutch: dutch
        case .polish: polish
        case .japanese: japanese
        case .indian: indian
        case .arabic: arabic
        }
    }

    private static let english = NameTable(
        female: "Harriet Imogen Beatrix Ottilie Winifred Josephine Clementine Rosalind Maeve Tabitha Verity Delia",
        male: "Alastair Barnaby Cormac Desmond Fergus Gideon Jolyon Lachlan Percival Rupert Thaddeus Wilfred",
        family: """
            Ashgrove Birkendale Coldharbour Dunmere Eastlake Fernsby Garroway Hollowell Inchbald Kestlewood Larkspur \
            Merriweather Northcott Oakshott Pellingham Quarrington Ravenhill Silverdale Thistlewood Underhay \
            Vellacott Winterbourne Yarborough O'Dwyer-Kane McAllardyce
            """,
        trades: """
            Analytics Logistics Foods Robotics Outfitters Engineering Studios Supply Freight Textiles Optics Health \
            Consulting Instruments Labs Marine Roasters Publishing Energy Systems
            """,
        heads:
            "Bright Copper Quill Harrow Timber Willow Ember Cinder Falcon Maple Granite Juniper Saffron Beacon Slate",
        tails: "field wick forge haven mere stone brook gate path mark well line crest loft wright")

    private static let german = NameTable(
        female: "Annegret Friederike Heidrun Käthe Liselotte Mathilde Ronja Sieglinde Tomke Ulrike Wiebke Jördis",
        male: "Albrecht Bodo Detlef Eberhard Götz Hartmut Jürgen Knut Ludger Reinhold Torsten Volkmar",
        family: """
            Achterberg Brüggemann Dornseifer Eichenlaub Fürstenau Grünwald Hasenkamp Jägerfeld Kesselring Lüdersen \
            Möllenbrock Niederhagen Osterkamp Pfützner Quellmann Rößler Steinbrück Tannhäuser Übelacker Vogelsang \
            Wüstefeld Zieglbauer
            """,
        trades: """
            Maschinenbau Logistik Bäckerei Messtechnik Werkzeuge Pharma Verlag Möbel Elektrotechnik Feinkost Druckerei \
            Anlagenbau Spedition Medizintechnik Textil Energie Software Brauerei
            """,
        heads: "Nord Süd Stern Eichen Falken Silber Wald Berg Linden Rhein Moor Kupfer Adler Heide Brunnen",
        tails: "werk hof brück tal kamp stein feld mühle quell ring horst wind stern bach gau")

    private static let french = NameTable(
        female: "Anaïs Bérengère Célestine Éloïse Gwenaëlle Hélène Léontine Maëlys Noémie Solène Thaïs Zélie",
        male: "Amaury Baptistin Clément Émilien Fabrice Ghislain Joël Loïc Maxence Régis Théophile Yannick",
        family: """
            Aubépin Beauregard-Lys Chantemerle Delacourbe Épinay Fontbrune Grandclément Hautecœur Jolivert Lachesnaye \
            Montauray Noirmoutard Peyrefort Quincampoix Roquebrune Sauvignol Taillefert Vaucelles Lefèvre-Noël
            """,
        trades: """
            Conseil Logistique Boulangerie Éditions Optique Énergie Textiles Vignobles Ingénierie Santé Meubles Cuisine \
            Transports Pharmacie Horlogerie Numérique
            """,
        heads: "Belle Clair Mont Val Roche Haute Lune Soleil Chêne Bleu Fleur Grand Étoile Sable Brume",
        tails: "rive mont bois fort vigne clos lac pré fontaine ciel champs terre port voie pierre")

    private static let spanish = NameTable(
        female: "Abril Begoña Candela Dulce Estefanía Itziar Lucía Macarena Nuria Paloma Rocío Ximena",
        male: "Álvaro Benicio César Efraín Fermín Gonzalo Íñigo Joaquín Leandro Matías Óscar Ramiro",
        family: """
            Alcántara-Ruiz Belmonte Cifuentes Doñaque Espinalte Figueroba Guadarrama Hinojosa Ibáñez-Luna Jarandilla \
            Lozoya Montalvillo Navaluenga Oropesa Peñarroya Quintanar Robledillo Sepúlveda-Mar Torrealba Villanúa
            """,
        trades: """
            Logística Conservas Textiles Ingeniería Editorial Energía Muebles Cerámicas Sistemas Salud Bodegas Óptica \
            Construcciones Turismo Papelería Robótica
            """,
        heads: "Mar Sol Piedra Cumbre Olivo Luna Río Norte Cobre Alba Brisa Valle Faro Cielo Nogal",
        tails: "verde claro nova alta dorada viva azul serena sur real franca mayor libre ágil blanca")

    private static let portuguese = NameTable(
        female: "Antônia Cecília Débora Fabíola Graça Isadora Letícia Marília Noêmia Raíssa Taís Yasmin",
        male: "Anselmo Caetano Damião Estêvão Flávio Inácio Joaquim Lázaro Otávio Raimundo Tomé Vinícius",
        family: """
            Araguari Bittencourt-Paz Conceição-Maia Drumondense Esperança Figueirinha Guimarães-Sol Itabirano Junqueira \
            Lavrador Magalhães-Rio Nóbrega Paranhos Quaresmeira Sertãozinho Tamarindo Valadão
            """,
        trades: """
            Logística Alimentos Tecnologia Engenharia Cafés Saúde Móveis Energia Têxtil Editora Sistemas Papéis \
            Construtora Cerâmica
            """,
        heads: "Boa Serra Lagoa Ipê Sabiá Areia Monte Jequi Pedra Cruz Brisa Mata Ouro Norte Prata",
        tails: "verde clara nova alta real viva doce azul branca forte livre longa mansa rica")

    private static let italian = NameTable(
        female: "Allegra Benedetta Chiara Donatella Fiammetta Ginevra Ilaria Ludovica Mirella Ortensia Serena Viola",
        male: "Achille Beniamino Corrado Dario Ettore Fulvio Gualtiero Ivano Lamberto Niccolò Ruggero Umberto",
        family: """
            Acquaviva Bellosguardo Casagranda Dell'Orso Fiordalisi Gherardesca Lanzafame Mezzanotte Nuvolari-Bo \
            Ombraspina Pietralunga Quattrofoglie Roccaforte Santacroce Torrebruna Vallescura Zampalini
            """,
        trades: """
            Logistica Ceramiche Tessuti Meccanica Editrice Pelletteria Arredi Alimentari Ottica Energia Sistemi Cantine \
            Farmaceutici Robotica
            """,
        heads: "Monte Bella Porto Vento Luce Alto Ferro Acqua Campo Rosa Sasso Pino Stella Cielo Bosco",
        tails: "chiaro nova dolce viva alto sereno fiorito verde antico lungo saldo fino lieto mare")

    private static let dutch = NameTable(
        female: "Aaltje Bregje Femke Geertje Hanneke Ilse Jorien Liesbeth Marijke Noortje Sanne Wietske",
        male: "Adriaan Bastiaan Diederik Evert Gijsbert Hidde Jelmer Klaas Maarten Ruben Siebe Wouter",
        family: """
            Achterstraat Boomgaarden De_Vriesema Eikenhorst Grachtwijk Hoogenbeek Jachtwerf Kloosterveld Lindehout \
            Molenaarsma Noordhoek Oudekerk Polderman Rietdijk Slotemeer Ten_Hage-Wit Van_der_Zwaluw Zandloper
            """,
        trades: """
            Logistiek Bloemen Scheepsbouw Techniek Zuivel Uitgeverij Energie Textiel Drukwerk Transport Software Optiek \
            Bakkerij Handel
            """,
        heads: "Noord Zuid Water Molen Dijk Eiken Zee Wind Gracht Lind Polder Roer Tulp Haven Ster",
        tails: "hof dam veld wijk horst meer brug land zicht kade baan werf stroom burg")

    private static let polish = NameTable(
        female: "Bożena Celina Dobrosława Elżbieta Grażyna Halszka Jadwiga Łucja Małgorzata Rozalia Świętosława Żaneta",
        male:
            "Bogusław Czesław Dobromir Gniewko Jarosław Kazimierz Lesław Mścisław Przemysław Stanisław Wojciech Ziemowit",
        family: """
            Bielańczyk Chrzanowicz Dąbrówka Gołębiowicz Jaśminowski Krzemieniec Łąkowski Mrozowicz Niedźwiedzki \
            Ostrożeń Piaskowiec Różański-Lis Śliwowicz Trzcinowski Wędrychowicz Źródlany
            """,
        trades:
            "Logistyka Meble Systemy Energia Wydawnictwo Budownictwo Piekarnia Optyka Tekstylia Transport Zdrowie Narzędzia",
        heads: "Wisł Dąb Biał Złot Sosn Bursztyn Góro Jezio Mazur Pol Srebr Krak Tatr Borów Lip",
        tails: "owia mex bud trans pol tech stal dom prod net ex med rol on")

    private static let japanese = NameTable(
        female: "Akane Chihiro Fumika Hinako Kaede Mizuki Nanami Rikako Sayuri Tsubaki Wakana Yuzuki",
        male: "Daigo Eiji Genta Hayato Itsuki Kaoru Masato Naoki Ryosuke Shohei Tatsuya Yamato",
        family: """
            Aozora Fujimori Hanabusa Ishikiri Kazahaya Kurosawa-Mori Mikazuki Narumi Otsukawa Sakurabe Shirayuki \
            Takamine Tsukishiro Umezono Yamabuki Yukishita
            """,
        trades: "Seiki Bussan Shoji Denki Kogyo Shokuhin Kagaku Unyu Shuppan Giken Sangyo Koki",
        heads: "Aka Ao Haru Hoshi Kawa Kiri Maru Mizu Nami Sora Taka Tsuki Yama Yuki Hana",
        tails: "moto nari saki mori zawa date kura mine tani hara shiro kaze tora ishi")

    private static let indian = NameTable(
        female: "Aaradhya Bhavna Charulata Devika Gauri Ishani Kalpana Lavanya Meenakshi Nandini Sharvari Vasudha",
        male: "Aniruddha Bhaskar Chirag Dhananjay Girish Harshad Jayant Kunal Madhav Omkar Raghav Siddharth",
        family: """
            Abhyankar Bhattalwar Chandrachari Dhanagar Gokhlekar Hiranandwala Jambhekar Kalyanpuri Lokhandesh Madhavrao \
            Neelakanta Patwardhankar Raghunathpur Sahasrabudhe-Rao Tirunelvar Vaidyanagar
            """,
        trades:
            "Textiles Infotech Pharma Motors Spices Exports Foods Logistics Solar Steels Chemicals Softwares Agro Ceramics",
        heads: "Surya Chandra Neel Vayu Agni Kamal Indra Mayur Tara Sagar Ratna Deep Shanti Gagan Megha",
        tails: "dhara vani sri tek lok prabha jyoti setu kiran mitra pura raj shakti")

    private static let arabic = NameTable(
        female: "Abeer Dalal Farida Ghada Hanan Jumana Lamya Maysoon Nawal Rawan Sumaya Zubaida",
        male: "Adnan Bassam Fahad Ghassan Hisham Jalal Kareem Marwan Nizar Rashad Sufian Tariq",
        family: """
            Al-Bustani_Noor Al-Dhahabi Al-Fanar Al-Ghadir Al-Hilali-Saad Al-Jawhari Al-Khuzama Al-Marjani Al-Nakheel \
            Al-Qamari Al-Rimal Al-Sahab
            """,
        trades:
            "Trading Logistics Contracting Energy Hospitality Textiles Foods Engineering Medical Marine Media Systems",
        heads: "Noor Sahra Gulf Dana Qasr Wadi Falaj Oud Rimal Najm Safa Liwa Barq Hilal",
        tails: "stan dar ine oasis tec way one crest line port gate bay")
}
