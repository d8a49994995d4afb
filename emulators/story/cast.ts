// Who may walk into a tale. Addresses and numbers are those set aside for stories: they reach nobody.

import type { Person } from '../story.ts';

export interface CastMember extends Person {
  /** What an agent who knows them would say. */
  readonly callName: string;
  /** The language they would rather write in (ISO 639-1), where that is not English. */
  readonly speaks?: string;
}

/** Numbers kept free for fiction by the authorities of each country: the start, and how many digits follow. */
const FICTION: Readonly<Record<string, readonly [start: string, digits: number]>> = {
  us: ['+120255501', 2],
  ca: ['+161355501', 2],
  uk: ['+442079460', 3],
  gb: ['+447700900', 3],
  fr: ['+3363998', 4],
  de: ['+493023125', 3],
  se: ['+468465004', 2],
  au: ['+6125550', 4],
};

const ROWS = `
Amara Okafor | Amara | amara.okafor@example.org | uk | Okafor Textiles
Nguyễn Thị Hạnh | Hạnh | hanh.nguyen@example.com | fr | Bàn Tay Ceramics
Lars Bergström | Lars | lars.bergstrom@example.net | se | Fjällvind Outdoor
María José Quiroga | María José | mj.quiroga@example.com | us | Quiroga & Hijas | es
佐藤 美咲 | 佐藤さん | misaki.sato@example.org | us | 佐藤文具店 | ja
Yusuf Demirci | Yusuf | yusuf.demirci@example.net | de | Demirci Mimarlık | de
Chloe Whitfield | Chloe | chloe.whitfield@example.com | gb | Whitfield Veterinary Group
Oluwaseun Adeyemi | Seun | seun.adeyemi@example.org | uk | Harmattan Labs
Zofia Wiśniewska | Zofia | zofia.wisniewska@example.com | de | Pracownia Bursztyn
Kwame Mensah | Kwame | kwame.mensah@example.net | us | Mensah Freight
Siobhán Ní Dhomhnaill | Siobhán | siobhan@example.org | gb | Cnoc na Mara Hostel
李伟 | 李先生 | wei.li@example.com | au | 青山茶业
Priyanka Raghunathan | Priyanka | p.raghunathan@example.net | us | Raghu Analytics
Émile Lefèvre | Émile | emile.lefevre@example.com | fr | Lanterne Éditions | fr
Fatima Zahra El Idrissi | Fatima Zahra | fz.elidrissi@example.org | fr | Atelier Zellige
Björk Jónsdóttir | Björk | bjork.jonsdottir@example.net | se | Hvalfjörður Tours
Tariq Al-Hamdan | Tariq | tariq.alhamdan@example.com | uk | Hamdan Interiors | ar
Isabela Carvalho | Isa | isa.carvalho@example.org | us | Carvalho Papelaria
Henrik Dahl | Henrik | henrik.dahl@example.net | se | Dahl Marine Survey
Noa Ben-David | Noa | noa.bendavid@example.com | us | Tamar Studio
Ravi Wickramasinghe | Ravi | ravi.w@example.org | au | Kandy Spice Export
Giulia Ferraro | Giulia | giulia.ferraro@example.net | de | Ferraro Restauri
Dmytro Kovalenko | Dmytro | dmytro.kovalenko@example.com | de | Kovalenko Robotics
Aroha Ngata | Aroha | aroha.ngata@example.org | au | Moana Surf School
Jean-Baptiste Mukendi | JB | jb.mukendi@example.net | fr | Mukendi Conseil | fr
Ana-Maria Popescu | Ana-Maria | anamaria.popescu@example.com | fr | Popescu Traduceri
Ibrahim Diallo | Ibrahim | ibrahim.diallo@example.org | fr | Sahel Solaire | fr
Katarzyna Zielińska | Kasia | kasia.zielinska@example.net | de | Zielony Dom
Marcus Thibodeaux | Marcus | marcus.t@example.com | us | Bayou Sound Rental
김지우 | 지우 님 | jiwoo.kim@example.org | us | 한빛디자인
Leilani Kahananui | Leilani | leilani.k@example.net | us | Kahananui Nursery
Otto Grünwald | Otto | otto.gruenwald@example.com | de | Grünwald Gartenbau | de
Shreya Banerjee | Shreya | shreya.banerjee@example.org | uk | Banerjee Physio
Mateo Huamán | Mateo | mateo.huaman@example.net | us | Alpaca Andina | es
Freya Lindqvist | Freya | freya.lindqvist@example.com | se | Lindqvist Ljud
Abdullahi Warsame | Abdi | abdi.warsame@example.org | gb | Warsame Community Radio
Thandiwe Nkosi | Thandi | thandi.nkosi@example.net | uk | Nkosi & Daughters Bakery
Cillian O’Rourke | Cillian | cillian.orourke@example.com | gb | O’Rourke Joinery
Elif Şahin | Elif | elif.sahin@example.org | de | Şahin Optik | de
Paulo Esteves | Paulo | paulo.esteves@example.net | fr | Cortiça do Sul
Hannah Goldberg | Hannah | hannah.goldberg@example.com | us | Goldberg Tutoring
Minh Châu Trần | Châu | chau.tran@example.org | au | Sài Gòn Cycle Works
Eszter Kovács | Eszter | eszter.kovacs@example.net | de | Kovács Könyvműhely
Rashid Mahmood | Rashid | rashid.mahmood@example.com | gb | Mahmood Dental
Sven-Olof Åkesson | Sven-Olof | svenolof.akesson@example.org | se | Åkesson Trä
Camila Rojas | Camila | camila.rojas@example.net | us | Rojas Fotografía | es
Dewi Lestari Putri | Dewi | dewi.putri@example.com | au | Batik Putri
Kofi Boateng | Kofi | kofi.boateng@example.org | us | Boateng Motors
Anastasia Petridou | Tasia | tasia.petridou@example.net | de | Petridou Olive Press
Jesse Blackwater | Jesse | jesse.blackwater@example.com | ca | Blackwater Canoe
Maëlle Tremblay | Maëlle | maelle.tremblay@example.org | ca | Érablière Tremblay | fr
Arjun Pillai | Arjun | arjun.pillai@example.net | us | Pillai Software
Nils Ødegård | Nils | nils.odegard@example.com | se | Ødegård Fisk
Soraya Rahimi | Soraya | soraya.rahimi@example.org | fr | Rahimi Carpets
Wanjiru Kamau | Wanjiru | wanjiru.kamau@example.net | uk | Kamau Flowers
Vítor Nascimento | Vítor | vitor.nascimento@example.com | fr | Nascimento Surfboards
Beatrix van der Meer | Trixie | trixie.vandermeer@example.org | de | Meerzicht Cheese
Joaquín Peñalver | Joaquín | joaquin.penalver@example.net | fr | Peñalver Viveros | es
Layla Haddad | Layla | layla.haddad@example.com | us | Haddad Translation | ar
Tomás Ó Súilleabháin | Tomás | tomas.os@example.org | gb | Beara Ferries
Mei-Ling Chang | Mei-Ling | meiling.chang@example.net | us | Chang Acupuncture
Aleksandr Morozov | Sasha | sasha.morozov@example.com | de | Morozov Chess Academy
Ngozi Eze | Ngozi | ngozi.eze@example.org | us | Eze Pharmacy
Ruth Abernathy | Ruth | ruth.abernathy@example.net | us | Abernathy Public Library
Hiroshi Tanaka | 田中さん | hiroshi.tanaka@example.com | au | Tanaka Precision | ja
Inés Villaverde | Inés | ines.villaverde@example.org | fr | Villaverde Abogados | es
Samuel Teklu | Samuel | samuel.teklu@example.net | us | Teklu Coffee
Adaeze Nwosu | Adaeze | adaeze.nwosu@example.com | uk | Nwosu Events
Pekka Virtanen | Pekka | pekka.virtanen@example.org | se | Virtanen Sauna
Gabriela Ionescu | Gabi | gabi.ionescu@example.net | de | Ionescu Music School
Luca Zanetti | Luca | luca.zanetti@example.com | de | Zanetti Biciclette
Farhan Siddiqui | Farhan | farhan.siddiqui@example.org | gb | Siddiqui Estates
Moana Tuilagi | Moana | moana.tuilagi@example.net | au | Tuilagi Rugby Camp
Agnieszka Nowak-Reyes | Agnes | agnes.nowakreyes@example.com | ca | Nowak Reyes Architects
Bongani Dlamini | Bongani | bongani.dlamini@example.org | uk | Dlamini Tours
Signe Mikkelsen | Signe | signe.mikkelsen@example.net | se | Mikkelsen Keramik
Pascal Nguema | Pascal | pascal.nguema@example.com | fr | Nguema Transport | fr
Parisa Hosseini | Parisa | parisa.hosseini@example.org | us | Hosseini Labs
Gareth Llewellyn | Gareth | gareth.llewellyn@example.net | gb | Llewellyn Slate
Xochitl Ramírez | Xochitl | xochitl.ramirez@example.com | us | Ramírez Chocolate
Ludovic Kaboré | Ludo | ludo.kabore@example.org | fr | Kaboré Cinéma | fr
Rosalind Achterberg | Roz | roz.achterberg@example.net | ca | Achterberg Seeds
Deepika Shrestha | Deepika | deepika.shrestha@example.com | au | Shrestha Trekking
Viktor Hallgrímsson | Viktor | viktor.h@example.org | se | Hallgrímsson Ull
Tamsin Trelawney | Tamsin | tamsin.trelawney@example.net | gb | Trelawney Kayaks
Omar Benkirane | Omar | omar.benkirane@example.com | fr | Benkirane Cuir | ar
Nadia Kowalczyk | Nadia | nadia.kowalczyk@example.org | de | Kowalczyk Steuerberatung | de
Desmond Achebe | Des | des.achebe@example.net | us | Achebe Press
Linnea Sjöberg | Linnea | linnea.sjoberg@example.com | se | Sjöberg Skola
Teuila Faleolo | Teuila | teuila.faleolo@example.org | au | Faleolo Nursing
Rubén Arrizabalaga | Rubén | ruben.arri@example.net | fr | Arrizabalaga Sidra | es
Jasmine Trudeau-Singh | Jas | jas.trudeausingh@example.com | ca | Singh Family Law
Orla McGinty | Orla | orla.mcginty@example.org | gb | McGinty Knitwear
Emeka Obi | Emeka | emeka.obi@example.net | us | Obi Drone Survey
Svetlana Ilieva | Svetla | svetla.ilieva@example.com | de | Ilieva Lavender
Caio Bittencourt | Caio | caio.bittencourt@example.org | us | Bittencourt Games
`;

export const CAST: readonly CastMember[] = ROWS.trim()
  .split('\n')
  .map((row, index) => {
    const [name = '', callName = '', email = '', country = '', company = '', speaks] =
      row.split(' | ');
    const [start, digits] = FICTION[country] ?? ['+120255501', 2];
    // The row's own number keeps two people of one country apart.
    const phone = start + String(index).padStart(digits, '0');
    return { name, callName, email, company, phone, ...(speaks ? { speaks } : {}) };
  });
