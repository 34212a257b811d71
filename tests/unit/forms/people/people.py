"""Forty people of twenty countries who order: names in many scripts, apostrophes, addresses without a postal code, military ones.

`typed`: the inputs of a form's page of contact data. Each order keeps them as they are typed, apart from `kept`.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Person:
    """`kept`: inputs that the order keeps in another form."""

    first: str
    last: str
    country: str
    address: str
    city: str
    zip: str = ""
    state: str = ""
    phone: str = ""
    company: str = ""
    vat_id: str = ""
    kept: dict[str, str] = field(default_factory=dict)

    @property
    def typed(self) -> dict[str, str]:
        found = {
            "first": self.first, "last": self.last, "country": self.country, "address": self.address, "city": self.city,
            "zip": self.zip, "state": self.state, "phone": self.phone, "company": self.company, "vat_id": self.vat_id,
        }  # fmt: skip
        return {name: value for name, value in found.items() if value}


PEOPLE = (
    Person("Ada", "Lovelace", "GB", "12 St James's Square", "London", "SW1Y 4LE", phone="020 7946 0018", kept={"phone": "+44 20 7946 0018"}),
    Person("Seán", "O'Brien", "IE", "Flat 2\n7 O'Connell Street", "Dublin", "D01 F5P2", "Co. Dublin"),
    Person("Siobhán", "Ní Dhomhnaill", "IE", "An Daingean", "Kerry"),
    Person("Jürgen", "Müller-Lüdenscheidt", "DE", "Straße des 17. Juni 135", "Berlin", "10623"),
    Person("Anna", "Groß", "DE", "c/o Weiß\nHauptstr. 1", "München", "80331", company="Groß & Söhne GmbH", vat_id="DE136695976"),
    Person("Élodie", "d'Alençon", "FR", "5 bis, rue de l'Église", "Paris", "75001"),
    Person("François", "Lefèvre", "FR", "1 place du Général de Gaulle", "Lille", "59000", phone="01 42 68 53 00", kept={"phone": "+33 1 42 68 53 00"}),
    Person("Daniël", "van 't Hoff", "NL", "Keizersgracht 1", "Amsterdam", "1015 CJ"),
    Person("Łukasz", "Żółkiewski", "PL", "ul. Świętokrzyska 14 m. 3", "Warszawa", "00-050"),
    Person("Zażółć", "Gęślą", "PL", "Rynek 1", "Kraków", "31-042"),
    Person("Νίκος", "Παπαδόπουλος", "GR", "Ερμού 10", "Αθήνα", "105 63"),
    Person("Ελένη", "Κωνσταντίνου", "GR", "Πλατεία Συντάγματος 1", "Αθήνα", "10563"),
    Person("Иван", "Петров", "BG", "бул. Витоша 1", "София", "1000"),
    Person("Ωραία", "Smith", "US", "1 Main St\nApt 4B", "San Francisco", "94103", "CA", phone="(415) 555-2671", kept={"phone": "+1 415-555-2671"}),
    Person("John", "O'Neil-Smith", "US", "350 5th Ave", "New York", "10118-0110", "NY"),
    Person("Sgt. Bill", "Jones", "US", "PSC 1234 Box 5678", "APO", "09009", "AE"),
    Person("Mary", "Ann", "US", "UNIT 45013 BOX 2666", "DPO", "96338", "AP"),
    Person("Jean-Luc", "Côté", "CA", "123, rue Saint-Denis", "Montréal", "H2X 3K3", "QC"),
    Person("Nuuk", "Ipeelie", "CA", "PO Box 1000", "Iqaluit", "X0A 0H0", "NU"),
    Person("太郎", "山田", "JP", "千代田区丸の内1-1-1", "東京", "100-0005", "13"),
    Person("花子", "佐藤", "JP", "北区梅田3-1-1", "大阪", "530-0001", "27"),
    Person("伟", "王", "CN", "建国门外大街1号", "北京", "100004", "北京市"),
    Person("秀英", "李", "CN", "南京东路100号", "上海", "200001", "上海市"),
    Person("철수", "김", "KR", "세종대로 110", "중구", "04524", "서울특별시"),
    Person("영희", "이", "KR", "해운대로 1", "해운대구", "48094", "부산광역시"),
    Person("محمد", "الفارسي", "AE", "شارع الشيخ زايد", "دبي", state="دبي"),
    Person("Fatima", "Al Maktoum", "AE", "PO Box 500", "Dubai", state="Dubai"),
    Person("ليلى", "حسن", "EG", "١٢ شارع التحرير", "القاهرة", "11511", "القاهرة"),
    Person("Ka Ming", "Chan", "HK", "Flat A, 12/F\n1 Queen's Road", "Central", state="Hong Kong Island"),
    Person("嘉明", "陳", "HK", "彌敦道1號", "尖沙咀", state="九龍"),
    Person("प्रिया", "शर्मा", "IN", "१२ महात्मा गांधी मार्ग", "नई दिल्ली", "110001", "DL"),
    Person("Venkatanarasimharajuvaripeta", "K.", "IN", "4th Cross, 2nd Main", "Bengaluru", "560034", "KA"),
    Person("João", "da Conceição", "BR", "Av. Paulista, 1000\nConj. 12", "São Paulo", "01310-100", "SP"),
    Person("Zoë", "D'Souza", "AU", "1 George St", "Sydney", "2000", "NSW"),
    Person("Björk", "Guðmundsdóttir", "IS", "Laugavegur 1", "Reykjavík", "101"),
    Person("Þór", "Æsir", "IS", "Hafnarstræti 2", "Akureyri", "600"),
    Person("Åse", "Ødegård", "NO", "Karl Johans gate 1", "Oslo", "0154"),
    Person("สมชาย", "ใจดี", "TH", "1 ถนนสุขุมวิท", "คลองเตย", "10110", "กรุงเทพมหานคร"),
    Person("דוד", "כהן", "IL", "רחוב הרצל 1", "תל אביב", "6688101"),
    Person("María José", "Núñez O’Higgins", "MX", "Av. Reforma 1", "Ciudad de México", "06600", "CMX"),
)  # fmt: skip
